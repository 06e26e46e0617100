//! UUIDs, with or without hyphens and braces.

use karat_record::{Finding, Value};

pub(super) fn uuid(raw: &str) -> Result<Value<'static>, Finding> {
    parse(raw).map(Value::Uuid).ok_or_else(|| Finding::new("type.uuid", "is not a UUID"))
}

fn parse(raw: &str) -> Option<[u8; 16]> {
    let body = raw.strip_prefix('{').and_then(|r| r.strip_suffix('}')).unwrap_or(raw);
    let hyphens_fit = match body.len() {
        32 => true,
        36 => [8, 13, 18, 23].iter().all(|i| body.as_bytes()[*i] == b'-'),
        _ => false,
    };
    if !hyphens_fit {
        return None;
    }
    let mut digits = body.bytes().filter(|b| *b != b'-').map(|b| (b as char).to_digit(16));
    let mut out = [0; 16];
    for byte in &mut out {
        *byte = (digits.next()?? * 16 + digits.next()??) as u8;
    }
    digits.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use crate::read::shown;
    use karat_record::Type::Uuid;

    #[test]
    fn the_three_spellings_are_one_uuid() {
        let plain = shown(Uuid, "0123456789abcdef0123456789abcdef");
        assert!(plain.starts_with("Uuid([1, 35, 69"));
        assert_eq!(shown(Uuid, "01234567-89AB-cdef-0123-456789abcdef"), plain);
        assert_eq!(shown(Uuid, "{01234567-89ab-cdef-0123-456789abcdef}"), plain);
        for bad in ["", "01234567-89ab-cdef-0123-456789abcdeg", "0123-4567", "éééééééééééééééé"]
        {
            assert_eq!(shown(Uuid, bad), "type.uuid: is not a UUID");
        }
    }
}
