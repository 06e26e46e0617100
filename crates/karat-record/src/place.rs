//! Where in a file something stands, and how to show it.

use std::fmt;

/// A place in a text file: project file, SQL file or data file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user would name it.
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<u64>,
    /// Column in characters, counted from 1.
    pub column: Option<u32>,
    /// The line itself with a caret below, ready to print; never a cell value of a data file.
    pub excerpt: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), ..Place::default() }
    }

    /// A line of the file.
    pub fn line(file: impl Into<String>, line: u64) -> Place {
        Place { file: file.into(), line: Some(line), ..Place::default() }
    }

    /// The place of byte `offset` of `text`, with that line and a caret as excerpt.
    pub fn at(file: impl Into<String>, text: &str, offset: usize) -> Place {
        let (line, column, excerpt) = caret(text, offset);
        Place { file: file.into(), line: Some(line), column: Some(column), excerpt: Some(excerpt) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        Ok(())
    }
}

/// Line and column (from 1) of byte `offset` of `text`, and the line with a caret below it.
pub fn caret(text: &str, offset: usize) -> (u64, u32, String) {
    let offset = floor_boundary(text, offset.min(text.len()));
    let start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
    let line = text[..start].matches('\n').count() as u64 + 1;
    let column = text[start..offset].chars().count();
    let shown = text[start..end].trim_end_matches('\r').replace('\t', " ");
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let excerpt = format!("{number} | {shown}\n{margin} | {}^", " ".repeat(column));
    (line, column as u32 + 1, excerpt)
}

fn floor_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_stands_below_the_character_it_names() {
        let (line, column, excerpt) = caret("select 1;\nselct é 2;", 17);
        assert_eq!((line, column), (2, 7));
        assert_eq!(excerpt, "2 | selct é 2;\n  |       ^");
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(caret("ab", 99), (1, 3, "1 | ab\n  |   ^".to_owned()));
    }
}
