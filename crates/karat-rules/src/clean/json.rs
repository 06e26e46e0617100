//! JSON written one way: keys in order, no blanks, numbers to the digit as they were.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "json",
    about: "JSON without blanks and with keys in order; of two equal keys the last counts",
    passing: (r#"{"b": 1.50, "a": [true]}"#, r#"{"a":[true],"b":1.50}"#),
    failing: Some("{b: 1}"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    // The library checks the text, depth included; what follows then only takes it apart.
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        let why = if is_placeholder(text) { "is a placeholder" } else { "is no JSON" };
        return Cleaned::Dropped(why);
    }
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    match value(&mut rest, &mut out) {
        Some(()) if out == text => Cleaned::Kept(text.into()),
        Some(()) => Cleaned::Kept(out.into()),
        None => Cleaned::Dropped("is no JSON"),
    }
}

/// Writes the value at the beginning of `rest`, and leaves what follows it there.
fn value(rest: &mut &str, out: &mut String) -> Option<()> {
    skip(rest);
    match rest.bytes().next()? {
        b'{' => object(rest, out),
        b'[' => array(rest, out),
        b'"' => {
            let text = text(rest)?;
            out.push_str(&serde_json::to_string(&text).ok()?);
            Some(())
        }
        _ => {
            let end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
            let (scalar, after) = rest.split_at(rest.find(end).unwrap_or(rest.len()));
            out.push_str(scalar);
            *rest = after;
            Some(())
        }
    }
}

fn array(rest: &mut &str, out: &mut String) -> Option<()> {
    *rest = &rest[1..];
    out.push('[');
    skip(rest);
    while !rest.starts_with(']') {
        value(rest, out)?;
        skip(rest);
        if let Some(after) = rest.strip_prefix(',') {
            out.push(',');
            *rest = after;
        }
    }
    *rest = &rest[1..];
    out.push(']');
    Some(())
}

fn object(rest: &mut &str, out: &mut String) -> Option<()> {
    *rest = &rest[1..];
    let mut members: BTreeMap<String, String> = BTreeMap::new();
    skip(rest);
    while !rest.starts_with('}') {
        let key = text(rest)?;
        skip(rest);
        *rest = rest.strip_prefix(':')?;
        let mut written = String::new();
        value(rest, &mut written)?;
        members.insert(key, written);
        skip(rest);
        *rest = rest.strip_prefix(',').unwrap_or(rest);
        skip(rest);
    }
    *rest = &rest[1..];
    out.push('{');
    for (at, (key, written)) in members.iter().enumerate() {
        let sign = if at == 0 { "" } else { "," };
        out.push_str(&format!("{sign}{}:{written}", serde_json::to_string(key).ok()?));
    }
    out.push('}');
    Some(())
}

/// The text in quotes at the beginning of `rest`, without escapes.
fn text(rest: &mut &str) -> Option<String> {
    let mut escaped = false;
    let end = rest.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends.then_some(at + 1)
    })?;
    let (quoted, after) = rest.split_at(end);
    *rest = after;
    serde_json::from_str(quoted).ok()
}

fn skip(rest: &mut &str) {
    *rest = rest.trim_ascii_start();
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn json_is_written_one_way() {
        let no = "no: is no JSON";
        check(
            &RULE,
            "US",
            &[
                ("{}", "{}"),
                ("[ ]", "[]"),
                (" [1, 2 ,3] ", "[1,2,3]"),
                (r#"{"b":1,"a":2}"#, r#"{"a":2,"b":1}"#),
                (r#"{"a":{"d":1,"c":[{"f":1,"e":2}]}}"#, r#"{"a":{"c":[{"e":2,"f":1}],"d":1}}"#),
                (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
                (r#""\u0041\/""#, r#""A/""#),
                (r#""a\"b\\""#, r#""a\"b\\""#),
                ("12345678901234567890.10", "12345678901234567890.10"),
                ("1e400", "1e400"),
                ("true", "true"),
                ("null", "null"),
                (r#"{"a" : null , "b" : "x , y"}"#, r#"{"a":null,"b":"x , y"}"#),
                ("{a:1}", no),
                ("[1,]", no),
                ("{'a':1}", no),
                ("text", no),
                ("", "no: is a placeholder"),
            ],
        );
    }
}
