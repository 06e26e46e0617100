//! What kind of file a file is, by what is in it; its name can only contradict.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use karat_record::{Place, Problem, Result};
use memchr::memmem;
use zip::ZipArchive;

/// The kinds of files that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    /// A workbook that is encrypted with a password.
    Protected,
    Parquet,
    /// One document or JSON Lines.
    Json,
    Gzip,
    Zstd,
    /// A zip file that is no workbook.
    Zip,
    /// Anything else: delimited text, as far as the first bytes tell.
    Text,
}

/// The bytes by which a file is judged.
pub(crate) const LOOKED_AT: u64 = 64 * 1024;

impl FileKind {
    /// The kind of a file, and a note when the end of its name says otherwise.
    ///
    /// # Errors
    /// That it cannot be read, is empty, or is a zip file that is cut off.
    pub fn of(path: &Path) -> Result<(FileKind, Option<String>)> {
        let mut start = Vec::new();
        let read = crate::csv::open(path)?.take(LOOKED_AT).read_to_end(&mut start);
        read.map_err(|e| Problem::io("read", path, &e))?;
        let place = || Place::file(path.display().to_string());
        if start.iter().all(u8::is_ascii_whitespace) {
            let problem = Problem::new(karat_record::Kind::Input, "the file is empty");
            return Err(problem.at(place()).hint("check the path, or export it again"));
        }
        let kind = match start.as_slice() {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => {
                let of_zip = zipped(crate::csv::open(path)?);
                of_zip.ok_or_else(|| {
                    let what = "the file is cut off or damaged: it begins as a zip file";
                    let problem = Problem::new(karat_record::Kind::Input, what).at(place());
                    problem.hint("copy or export it again, and wait until it is written")
                })?
            }
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => {
                compound(crate::csv::open(path)?, path)?
            }
            start => FileKind::beginning_with(start),
        };
        Ok((kind, kind.contradiction(path)))
    }

    /// The kind of a file of which only its first bytes can be seen; of workbooks, only how they
    /// are stored.
    pub(crate) fn beginning_with(start: &[u8]) -> FileKind {
        match start {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => FileKind::Zip,
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => FileKind::Xls,
            [b'P', b'A', b'R', b'1' | b'E', ..] => FileKind::Parquet,
            [0x1f, 0x8b, ..] => FileKind::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => FileKind::Zstd,
            start if is_json(start) => FileKind::Json,
            _ => FileKind::Text,
        }
    }

    /// What messages call it.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Xlsx => "an XLSX workbook",
            FileKind::Xlsb => "an XLSB workbook",
            FileKind::Xls => "an XLS workbook",
            FileKind::Ods => "an ODS workbook",
            FileKind::Protected => "a workbook protected with a password",
            FileKind::Parquet => "a Parquet file",
            FileKind::Json => "JSON",
            FileKind::Gzip => "compressed with gzip",
            FileKind::Zstd => "compressed with zstd",
            FileKind::Zip => "a zip file",
            FileKind::Text => "text",
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Xlsx => &["xlsx", "xlsm", "xltx", "xltm"],
            FileKind::Xlsb => &["xlsb"],
            FileKind::Xls => &["xls", "xlt"],
            FileKind::Ods => &["ods", "ots"],
            FileKind::Parquet => &["parquet", "pq"],
            FileKind::Json => &["json", "jsonl", "ndjson", "geojson"],
            FileKind::Gzip => &["gz", "gzip", "tgz"],
            FileKind::Zstd => &["zst", "zstd"],
            FileKind::Zip => &["zip"],
            FileKind::Text => &["csv", "tsv", "txt", "tab", "psv", "dat"],
            FileKind::Protected => &["xlsx", "xlsm", "xlsb", "xls"],
        }
    }

    /// Endings that mean no known kind contradict nothing.
    fn contradiction(self, path: &Path) -> Option<String> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        let is_known = ALL.iter().any(|kind| kind.endings().contains(&ending.as_str()));
        let contradicts = is_known && !self.endings().contains(&ending.as_str());
        let name = self.name();
        contradicts.then(|| format!("its name ends in .{ending}, but the file is {name}"))
    }
}

const ALL: [FileKind; 11] = [
    FileKind::Xlsx,
    FileKind::Xlsb,
    FileKind::Xls,
    FileKind::Ods,
    FileKind::Protected,
    FileKind::Parquet,
    FileKind::Json,
    FileKind::Gzip,
    FileKind::Zstd,
    FileKind::Zip,
    FileKind::Text,
];

/// By what is in the zip; `None` when its directory cannot be read.
fn zipped(file: File) -> Option<FileKind> {
    let mut zip = ZipArchive::new(BufReader::new(file)).ok()?;
    let (mut is_ods, mut found) = (false, FileKind::Zip);
    for at in 0..zip.len() {
        let part = zip.by_index_raw(at).ok()?;
        match part.name().ok()?.as_ref() {
            "xl/workbook.bin" => found = FileKind::Xlsb,
            name if name.starts_with("xl/") && found == FileKind::Zip => found = FileKind::Xlsx,
            "content.xml" => is_ods = true,
            _ => {}
        }
    }
    Some(if is_ods && found == FileKind::Zip { FileKind::Ods } else { found })
}

/// A compound file is an old workbook, or a new one behind a password.
fn compound(file: File, path: &Path) -> Result<FileKind> {
    /// Bytes in which the name of the encrypted part is looked for.
    const SEARCHED: u64 = 64 << 20;
    const PART: usize = 64 * 1024;
    let sign: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
    let mut input = file.take(SEARCHED);
    let (mut window, mut part) = (Vec::new(), vec![0; PART]);
    loop {
        let read = input.read(&mut part).map_err(|e| Problem::io("read", path, &e))?;
        if read == 0 {
            return Ok(FileKind::Xls);
        }
        window.extend_from_slice(&part[..read]);
        if memmem::find(&window, &sign).is_some() {
            return Ok(FileKind::Protected);
        }
        let old = window.len().saturating_sub(sign.len());
        window.drain(..old);
    }
}

fn is_json(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut bytes = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    match (bytes.next(), bytes.next()) {
        (Some(b'{'), Some(b'"' | b'}')) => true,
        (Some(b'['), next) => matches!(
            next,
            Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> (FileKind, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        FileKind::of(&path).unwrap()
    }

    #[test]
    fn a_file_is_what_is_in_it() {
        let cases: [(&[u8], FileKind); 8] = [
            (b"PAR1....", FileKind::Parquet),
            (b"\xef\xbb\xbf {\"a\": 1}", FileKind::Json),
            (b"[ {\"a\": 1} ]", FileKind::Json),
            (b"[id],name\n1,x\n", FileKind::Text),
            (b"a,b\n1,2\n", FileKind::Text),
            (b"\x1f\x8b\x08\x00", FileKind::Gzip),
            (b"\x28\xb5\x2f\xfd\x00", FileKind::Zstd),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Xls),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(kind("file", bytes), (wanted, None));
        }
        let mut protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        protected.extend(vec![b'x'; 65_520]);
        protected.extend("EncryptedPackage".bytes().flat_map(|byte| [byte, 0]));
        assert_eq!(kind("file", &protected).0, FileKind::Protected);
    }

    #[test]
    fn a_name_that_contradicts_is_noted() {
        let (found, note) = kind("people.xlsx", b"a,b\n1,2\n");
        assert_eq!(found, FileKind::Text);
        assert_eq!(note.unwrap(), "its name ends in .xlsx, but the file is text");
        assert_eq!(kind("people.export", b"a,b\n").1, None);
    }

    #[test]
    fn an_empty_file_and_a_cut_off_zip_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for bytes in [&b" \n"[..], b"PK\x03\x04cut"] {
            std::fs::write(&path, bytes).unwrap();
            assert!(FileKind::of(&path).is_err());
        }
    }
}
