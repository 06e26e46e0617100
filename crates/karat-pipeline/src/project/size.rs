//! Sizes of memory as people write them: `4 GiB`, `512MB`.

/// Units and their bytes: first those that sizes are shown in, the largest first.
const UNITS: [(&str, u64); 6] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1000),
];

/// Bytes of a size: a whole number or a decimal fraction and a unit, which may have capitals or
/// not. None for anything else, for nothing, and for what no machine has.
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = (&text[..end], text[end..].trim_start());
    let number: f64 = number.parse().ok()?;
    let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let bytes = (number * *bytes as f64).round();
    (1.0..1e18).contains(&bytes).then_some(bytes as u64)
}

/// The size in the largest unit of which it has one at least, with up to two decimals.
pub fn shown(bytes: u64) -> String {
    let fitting = UNITS[..3].iter().find(|(_, unit)| bytes >= *unit);
    let Some((name, unit)) = fitting else { return format!("{bytes} bytes") };
    let hundredths = (bytes as f64 / *unit as f64 * 100.0).round() / 100.0;
    format!("{hundredths} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let sizes = [
            ("4 GiB", 4 << 30),
            ("1.5 GiB", 3 << 29),
            ("512MiB", 512 << 20),
            (" 64 kib ", 64 << 10),
            ("2 GB", 2_000_000_000),
            ("250 mb", 250_000_000),
            ("1 KB", 1000),
        ];
        for (text, bytes) in sizes {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_none() {
        let wrong = ["", "4", "GiB", "4 GiB more", "4 G", "-1 GiB", "0 MB", "1.2.3 MB", "1e3 MB"];
        for text in wrong.into_iter().chain(["4 bytes", "٣ MB", "99999999999999999999 GB"]) {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_size_is_shown_so_that_it_can_be_read_again() {
        let sizes =
            [(4 << 30, "4 GiB"), (3 << 29, "1.5 GiB"), (1 << 20, "1 MiB"), (1536, "1.5 KiB")];
        for (bytes, text) in sizes {
            assert_eq!((shown(bytes).as_str(), parse(text)), (text, Some(bytes)));
        }
        assert_eq!(shown(2_000_000_000), "1.86 GiB");
        assert_eq!(shown(12), "12 bytes");
    }
}
