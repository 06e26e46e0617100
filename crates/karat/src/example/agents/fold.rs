//! Brings written names to one form, and says whether two forms are one edit apart.
//!
//! Only the truth uses it. It is not the product's normaliser on purpose: a generator that used
//! the code under test could not find its faults.

const CREDENTIALS: &[&str] = &[
    "abr", "broker", "cips", "crs", "dr", "epro", "esq", "gri", "ii", "iii", "jr", "mba", "pa",
    "phd", "r", "realtor", "realtors", "rene", "sr", "sres", "srs",
];

/// The text in ASCII letters: accents dropped, ı as i, ß as ss; other characters stay.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, base(c.to_lowercase().next().unwrap_or(c))) {
            ('İ', _) => out.push('I'),
            ('ß', _) => out.push_str("ss"),
            (_, None) => out.push(c),
            (_, Some(b)) if c.is_uppercase() => out.push(b.to_ascii_uppercase()),
            (_, Some(b)) => out.push(b),
        }
    }
    out
}

fn base(c: char) -> Option<char> {
    Some(match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'ą' | 'ă' | 'ả' | 'ạ' | 'ặ' | 'ấ' | 'ầ' => {
            'a'
        }
        'ç' | 'ć' | 'č' => 'c',
        'đ' => 'd',
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ễ' | 'ế' => 'e',
        'ğ' => 'g',
        'í' | 'ì' | 'î' | 'ï' | 'ı' | 'ị' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ồ' | 'ỗ' | 'ơ' => 'o',
        'ś' | 'ş' | 'š' => 's',
        'ú' | 'ù' | 'û' | 'ü' | 'ư' | 'ũ' => 'u',
        'ý' => 'y',
        'ż' | 'ź' | 'ž' => 'z',
        _ => return None,
    })
}

/// The words of a written name in the order given, family: lower case ASCII, without
/// credentials, nicknames in brackets or quotes, and punctuation.
pub fn name_words(written: &str) -> Vec<String> {
    let folded = without_asides(&ascii(written).to_lowercase());
    let parts: Vec<Vec<String>> = folded
        .split(',')
        .map(words)
        .filter(|part| !part.iter().all(|w| is_credential(w)))
        .collect();
    let mut name = match parts.as_slice() {
        [family, given, ..] => [given.as_slice(), family].concat(),
        [name] => name.clone(),
        [] => Vec::new(),
    };
    while name.len() > 2 && name.last().is_some_and(|word| is_credential(word)) {
        name.pop();
    }
    name
}

fn is_credential(word: &str) -> bool {
    CREDENTIALS.contains(&word)
}

fn words(part: &str) -> Vec<String> {
    part.split(|c: char| c.is_whitespace() || c == '-')
        .map(|word| word.chars().filter(|c| c.is_alphanumeric() || *c == '&').collect::<String>())
        .filter(|word| !word.is_empty())
        .collect()
}

fn without_asides(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let (mut depth, mut quoted) = (0u32, false);
    for c in name.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '"' => quoted = !quoted,
            _ if depth == 0 && !quoted => out.push(c),
            _ => {}
        }
    }
    out
}

/// True if `a` becomes `b` by one insertion, deletion, substitution or swap of neighbours.
pub fn one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
    match (&a[start..a.len() - end], &b[start..b.len() - end]) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}
