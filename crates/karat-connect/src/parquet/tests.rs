//! Files written with the library's own writer, read back; and broken files, refused.

mod claims;
mod rows;

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::{File, Shape};

type Group<'a> = SerializedRowGroupWriter<'a, std::fs::File>;

/// Writes a file of one row group per call that `groups` wants, and opens nothing.
fn write(
    path: &Path,
    schema: &str,
    properties: WriterPropertiesBuilder,
    groups: &[&dyn Fn(&mut Group<'_>)],
) {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).unwrap();
    for fill in groups {
        let mut group = writer.next_row_group().unwrap();
        fill(&mut group);
        group.close().unwrap();
    }
    writer.close().unwrap();
}

fn column<T: DataType>(group: &mut Group<'_>, values: &[T::T], defined: &[i16], repeated: &[i16]) {
    let mut column = group.next_column().unwrap().unwrap();
    column
        .typed::<T>()
        .write_batch(
            values,
            (!defined.is_empty()).then_some(defined),
            (!repeated.is_empty()).then_some(repeated),
        )
        .unwrap();
    column.close().unwrap();
}

fn words(words: &[&str]) -> Vec<ByteArray> {
    words.iter().map(|word| ByteArray::from(*word)).collect()
}

fn fixed(bytes: &[u8]) -> FixedLenByteArray {
    ByteArray::from(bytes).into()
}

/// The values of a column; a null is `-`.
fn texts(file: &File, column: usize) -> Vec<String> {
    let mut found = Vec::new();
    file.texts(column, &mut |text| found.push(text.unwrap_or("-").to_owned())).unwrap();
    found
}

fn lists(file: &File, column: usize) -> Vec<String> {
    let mut found = Vec::new();
    file.lists(column, &mut |list| {
        found.push(list.map_or("-".to_owned(), |list| {
            let items: Vec<&str> = list.iter().map(|item| item.unwrap_or("-")).collect();
            format!("[{}]", items.join(" "))
        }));
    })
    .unwrap();
    found
}

fn scratch() -> tempfile::NamedTempFile {
    tempfile::NamedTempFile::new().unwrap()
}

/// One column of one optional value and a null, read back.
fn one<T: DataType>(field: &str, value: T::T) -> (String, String) {
    let path = scratch();
    let schema = format!("message m {{ optional {field}; }}");
    write(
        path.path(),
        &schema,
        WriterProperties::builder(),
        &[&|group| {
            column::<T>(group, std::slice::from_ref(&value), &[1, 0], &[]);
        }],
    );
    let file = File::open(path.path()).unwrap();
    let found = texts(&file, 0);
    assert_eq!((found.len(), found[1].as_str()), (2, "-"), "{field}");
    (found[0].clone(), file.columns()[0].kind.clone())
}

#[test]
fn every_type_has_its_text() {
    let check = |(text, kind): (String, String), expected: &str, expected_kind: &str| {
        assert_eq!((text.as_str(), kind.as_str()), (expected, expected_kind));
    };
    check(one::<BoolType>("boolean a", true), "true", "boolean");
    check(one::<Int32Type>("int32 a", -7), "-7", "integer");
    check(one::<Int32Type>("int32 a (INTEGER(32,false))", -1), "4294967295", "integer");
    check(one::<Int64Type>("int64 a", i64::MIN), "-9223372036854775808", "integer");
    check(one::<Int64Type>("int64 a (UINT_64)", -1), "18446744073709551615", "integer");
    check(one::<FloatType>("float a", 0.1), "0.1", "floating point number");
    check(one::<DoubleType>("double a", -2.5e-9), "-2.5e-9", "floating point number");
    check(one::<Int32Type>("int32 a (DATE)", 19_782), "2024-02-29", "date");
    check(
        one::<Int32Type>("int32 a (TIME(MILLIS,true))", 3_723_004),
        "01:02:03.004",
        "time of day",
    );
    check(one::<Int64Type>("int64 a (TIME(NANOS,true))", 1), "00:00:00.000000001", "time of day");
    let (utc, local) = ("timestamp in UTC", "timestamp without time zone");
    let milli = "int64 a (TIMESTAMP(MILLIS,true))";
    check(one::<Int64Type>(milli, -1), "1969-12-31T23:59:59.999Z", utc);
    let micro = "int64 a (TIMESTAMP(MICROS,false))";
    check(one::<Int64Type>(micro, 1_700_000_000_000_000), "2023-11-14T22:13:20", local);
    let nano = "int64 a (TIMESTAMP(NANOS,true))";
    check(one::<Int64Type>(nano, 1_700_000_000_000_000_001), "2023-11-14T22:13:20.000000001Z", utc);
    check(one::<Int64Type>("int64 a (TIMESTAMP_MICROS)", 1), "1970-01-01T00:00:00.000001Z", utc);
    let int96 = Int96::from(vec![1_000_000_001, 0, 2_440_589]);
    check(one::<Int96Type>("int96 a", int96), "1970-01-02T00:00:01.000000001", local);
}

#[test]
fn every_type_of_bytes_has_its_text() {
    let check = |(text, kind): (String, String), expected: &str, expected_kind: &str| {
        assert_eq!((text.as_str(), kind.as_str()), (expected, expected_kind));
    };
    let word = || ByteArray::from("Zoë");
    check(one::<ByteArrayType>("binary a (STRING)", word()), "Zoë", "text");
    check(one::<ByteArrayType>("binary a (UTF8)", word()), "Zoë", "text");
    check(one::<ByteArrayType>("binary a (JSON)", word()), "Zoë", "text");
    check(one::<ByteArrayType>("binary a (ENUM)", word()), "Zoë", "text");
    check(one::<ByteArrayType>("binary a", word()), "Zoë", "text");
    check(one::<ByteArrayType>("binary a (BSON)", word()), "5a6fc3ab", "bytes");
    let bytes = fixed(&[0, 1, 0xfe, 0xff]);
    check(one::<FixedLenByteArrayType>("fixed_len_byte_array(4) a", bytes), "0001feff", "bytes");
    let id: Vec<u8> = (0..16).collect();
    let uuid = one::<FixedLenByteArrayType>("fixed_len_byte_array(16) a (UUID)", fixed(&id));
    check(uuid, "00010203-0405-0607-0809-0a0b0c0d0e0f", "uuid");
    let half = "fixed_len_byte_array(2) a (FLOAT16)";
    check(one::<FixedLenByteArrayType>(half, fixed(&[0, 0xbc])), "-1", "floating point number");
    let decimal = "decimal with 2 digits after the point";
    check(one::<Int32Type>("int32 a (DECIMAL(9,2))", -5), "-0.05", decimal);
    check(one::<Int64Type>("int64 a (DECIMAL(18,2))", 12_345), "123.45", decimal);
    check(one::<ByteArrayType>("binary a (DECIMAL(9,2))", vec![0xff].into()), "-0.01", decimal);
    let wide = "fixed_len_byte_array(9) a (DECIMAL(20,2))";
    let number = fixed(&[1, 0, 0, 0, 0, 0, 0, 0, 0]);
    check(one::<FixedLenByteArrayType>(wide, number), "184467440737095516.16", decimal);
    let interval = "fixed_len_byte_array(12) a (INTERVAL)";
    let length = fixed(&[1, 0, 0, 0, 2, 0, 0, 0, 0xdc, 5, 0, 0]);
    check(one::<FixedLenByteArrayType>(interval, length), "P1M2DT1.500S", "interval");
}

/// Numbers as words, every seventh null, in two row groups of many batches and pages each.
fn many(properties: WriterPropertiesBuilder) -> (tempfile::NamedTempFile, Vec<String>) {
    let texts: Vec<String> = (0..20_000).map(|i| format!("word {}", i % 2_999)).collect();
    let shown = texts.iter().enumerate();
    let expected =
        shown.map(|(i, text)| if i % 7 == 0 { "-".to_owned() } else { text.clone() }).collect();
    let fill = |from: usize, to: usize| {
        let rows: Vec<usize> = (from..to).collect();
        let defined: Vec<i16> = rows.iter().map(|i| i16::from(i % 7 != 0)).collect();
        let kept = rows.iter().filter(|i| **i % 7 != 0);
        let values: Vec<&str> = kept.map(|i| texts[*i].as_str()).collect();
        (words(&values), defined)
    };
    let (first, second) = (fill(0, 15_000), fill(15_000, 20_000));
    let path = scratch();
    let group = |(values, defined): &(Vec<ByteArray>, Vec<i16>), group: &mut Group<'_>| {
        column::<ByteArrayType>(group, values, defined, &[]);
        let numbers: Vec<i64> = (0..defined.len() as i64).collect();
        column::<Int64Type>(group, &numbers, &[], &[]);
    };
    write(
        path.path(),
        "message m { optional binary word (STRING); required int64 number; }",
        properties.set_data_page_size_limit(4_000).set_write_batch_size(500),
        &[&|to| group(&first, to), &|to| group(&second, to)],
    );
    (path, expected)
}

#[test]
fn row_groups_pages_encodings_and_compressions_give_the_same_rows() {
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ];
    let plain = |p: WriterPropertiesBuilder| p.set_dictionary_enabled(false);
    for compression in compressions {
        let base = || WriterProperties::builder().set_compression(compression);
        let encodings = [
            base(),
            plain(base()),
            plain(base()).set_encoding(Encoding::PLAIN),
            base().set_writer_version(WriterVersion::PARQUET_2_0),
            plain(base()).set_writer_version(WriterVersion::PARQUET_2_0),
        ];
        for properties in encodings {
            let (path, expected) = many(properties);
            let file = File::open(path.path()).unwrap();
            assert_eq!(file.rows(), 20_000);
            assert_eq!(texts(&file, 0), expected, "{compression}");
            let numbers = texts(&file, 1);
            let ends = [0, 14_999, 15_000, 19_999].map(|at| numbers[at].as_str());
            assert_eq!(ends, ["0", "14999", "0", "4999"]);
        }
    }
}

#[test]
fn threads_read_columns_of_one_file_at_once() {
    let (path, expected) = many(WriterProperties::builder());
    let file = File::open(path.path()).unwrap();
    let file = &file;
    std::thread::scope(|scope| {
        let readers = [0, 1, 0, 1].map(|at| (at, scope.spawn(move || texts(file, at))));
        for (at, reader) in readers {
            let found = reader.join().unwrap();
            assert_eq!(found.len(), expected.len());
            assert!(at == 1 || found == expected);
        }
    });
}

#[test]
fn lists_may_be_null_empty_long_or_hold_nulls() {
    let path = scratch();
    let schema = "message m {
        optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
        repeated int32 bare;
        optional group old (LIST) { repeated int32 array; }
    }";
    write(
        path.path(),
        schema,
        WriterProperties::builder(),
        &[&|group| {
            let (defined, repeated) = ([3, 3, 0, 1, 2, 3], [0, 1, 0, 0, 0, 1]);
            column::<ByteArrayType>(group, &words(&["a", "bc", "é"]), &defined, &repeated);
            column::<Int32Type>(group, &[1, 2, 3, 4], &[1, 1, 1, 0, 0, 1], &[0, 1, 1, 0, 0, 0]);
            column::<Int32Type>(group, &[5], &[0, 1, 2, 0], &[0, 0, 0, 0]);
        }],
    );
    let file = File::open(path.path()).unwrap();
    let names: Vec<_> = file.columns().iter().map(|c| (c.name.as_str(), c.kind.as_str())).collect();
    let numbers = "list of integer";
    assert_eq!(names, [("tags", "list of text"), ("bare", numbers), ("old", numbers)]);
    assert_eq!(lists(&file, 0), ["[a bc]", "-", "[]", "[- é]"]);
    assert_eq!(lists(&file, 1), ["[1 2 3]", "[]", "[]", "[4]"]);
    assert_eq!(lists(&file, 2), ["-", "[]", "[5]", "-"]);
    let problem = file.texts(0, &mut |_| ()).unwrap_err();
    assert!(problem.to_string().contains("column \"tags\" is a list of text"), "{problem}");
}

#[test]
fn lists_of_many_rows_go_on_across_batches_and_pages() {
    let path = scratch();
    let repeated: Vec<i16> = (0..30_000).map(|i| i16::from(i % 3 != 0)).collect();
    let values: Vec<i64> = (0..30_000).collect();
    let properties = WriterProperties::builder().set_data_page_size_limit(1_000);
    write(
        path.path(),
        "message m { repeated int64 a; }",
        properties,
        &[&|group| {
            column::<Int64Type>(group, &values, &[1; 30_000], &repeated);
        }],
    );
    let found = lists(&File::open(path.path()).unwrap(), 0);
    let expected = |i| format!("[{} {} {}]", 3 * i, 3 * i + 1, 3 * i + 2);
    assert_eq!(found, (0..10_000).map(expected).collect::<Vec<_>>());
}

#[test]
fn groups_give_columns_and_what_is_deeper_is_refused_by_name() {
    let path = scratch();
    let schema = "message m {
        optional group address { optional binary city (STRING); required int32 zip; }
        optional group notes (MAP) {
            repeated group key_value { required int32 key; optional int32 value; }
        }
        repeated group orders { repeated int32 items; }
    }";
    write(
        path.path(),
        schema,
        WriterProperties::builder(),
        &[&|group| {
            column::<ByteArrayType>(group, &words(&["Ulm"]), &[2, 1, 0], &[]);
            column::<Int32Type>(group, &[1, 2], &[1, 1, 0], &[]);
            column::<Int32Type>(group, &[], &[0, 0, 0], &[0, 0, 0]);
            column::<Int32Type>(group, &[], &[0, 0, 0], &[0, 0, 0]);
            column::<Int32Type>(group, &[], &[0, 0, 0], &[0, 0, 0]);
        }],
    );
    let file = File::open(path.path()).unwrap();
    let names: Vec<_> = file.columns().iter().map(|c| (c.name.as_str(), c.shape)).collect();
    let nested = Shape::Nested;
    assert_eq!(names[..2], [("address.city", Shape::Value), ("address.zip", Shape::Value)]);
    assert_eq!(names[2..], [("notes", nested), ("orders", nested)]);
    assert_eq!(texts(&file, 0), ["Ulm", "-", "-"]);
    assert_eq!(texts(&file, 1), ["1", "2", "-"]);
    for column in [2, 3] {
        let problem = file.lists(column, &mut |_| ()).unwrap_err();
        assert!(problem.what.contains("is nested deeper than a list of values"), "{problem}");
    }
    assert!(file.texts(4, &mut |_| ()).is_err());
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let path = scratch();
    let schema = "message m { required int32 a.b; required group a { required int32 b; } }";
    write(path.path(), schema, WriterProperties::builder(), &[]);
    let problem = File::open(path.path()).map(|_| ()).unwrap_err();
    assert_eq!(problem.what, "two columns are named \"a.b\"");
}

#[test]
fn what_is_not_utf8_is_named_by_column_and_row_and_never_shown() {
    let path = scratch();
    write(
        path.path(),
        "message m { optional binary name (STRING); }",
        WriterProperties::builder(),
        &[&|group| column::<ByteArrayType>(group, &words(&["x"]), &[1, 0], &[]), &|group| {
            let values = [ByteArray::from("y"), ByteArray::from(vec![b'z', 0xff])];
            column::<ByteArrayType>(group, &values, &[1, 0, 1], &[]);
        }],
    );
    let mut count = 0;
    let problem =
        File::open(path.path()).unwrap().texts(0, &mut |_| count += 1).unwrap_err().to_string();
    assert!(problem.contains("column \"name\", row 5: the value is not UTF-8 text"), "{problem}");
    assert!(problem.contains("hint: "), "{problem}");
    assert_eq!(count, 4);
}

fn refusal(bytes: &[u8]) -> String {
    let path = scratch();
    std::fs::write(path.path(), bytes).unwrap();
    File::open(path.path()).map(|_| ()).unwrap_err().what
}

#[test]
fn what_is_no_parquet_file_is_cut_off_or_encrypted_says_so() {
    let (path, _) = many(WriterProperties::builder());
    let whole = std::fs::read(path.path()).unwrap();
    for (bytes, what) in [
        (&b""[..], "this is no Parquet file"),
        (b"PA", "this is no Parquet file"),
        (b"a,b\n1,2\n3,4\n5,6\n", "this is no Parquet file"),
        (b"PAR1", "the file is cut off"),
        (b"PAR1PAR1", "the file is cut off"),
        (b"PAR1\xff\xff\xff\x7fPAR1", "the file is damaged"),
        (b"PAR1\0\0\0\0PAR1", "the file is damaged"),
        (b"PARE\0\0\0\0PARE", "the file is encrypted"),
    ] {
        assert!(refusal(bytes).starts_with(what), "{bytes:?}: {}", refusal(bytes));
    }
    for length in (0..whole.len()).step_by(997) {
        refusal(&whole[..length]);
    }
    let missing = File::open(Path::new("/nowhere.parquet")).map(|_| ()).unwrap_err();
    assert!(missing.to_string().contains("hint: check the path"), "{missing}");
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}

/// Opens and reads everything there is; errors are fine, and counted.
fn errors(path: &Path) -> usize {
    let Ok(file) = File::open(path) else { return 1 };
    let columns = 0..file.columns().len();
    columns
        .filter(|at| match file.columns()[*at].shape {
            Shape::Value => file.texts(*at, &mut |_| ()).is_err(),
            Shape::List | Shape::Nested => file.lists(*at, &mut |_| ()).is_err(),
        })
        .count()
}

/// A file of 200 rows: a column of texts, one of lists, one of fixed bytes.
fn small(properties: WriterPropertiesBuilder) -> Vec<u8> {
    let path = scratch();
    let schema = "message m {
        optional binary a (STRING);
        optional group b (LIST) { repeated group list { optional int64 element; } }
        optional fixed_len_byte_array(16) c (UUID);
    }";
    write(
        path.path(),
        schema,
        properties,
        &[&|group| {
            let names: Vec<String> = (0..200).map(|i| format!("name {}", i % 50)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            column::<ByteArrayType>(group, &words(&names), &[1; 200], &[]);
            let repeated: Vec<i16> = (0..400).map(|i| i % 2).collect();
            column::<Int64Type>(group, &(0..400).collect::<Vec<_>>(), &[3; 400], &repeated);
            let ids: Vec<_> = (0..200_u8).map(|i| fixed(&[i; 16])).collect();
            column::<FixedLenByteArrayType>(group, &ids, &[1; 200], &[]);
        }],
    );
    std::fs::read(path.path()).unwrap()
}

#[test]
fn damaged_bytes_give_errors_and_never_a_panic() {
    let mut dice = Dice(0x5eed);
    let path = scratch();
    let mut refused = 0;
    let base = WriterProperties::builder;
    for properties in [
        base(),
        base().set_dictionary_enabled(false),
        base().set_writer_version(WriterVersion::PARQUET_2_0),
        base().set_compression(Compression::SNAPPY),
        base().set_compression(Compression::ZSTD(ZstdLevel::default())),
    ] {
        let whole = small(properties);
        for _ in 0..400 {
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(4) {
                let at = 4 + dice.below(whole.len() - 8);
                bytes[at] = dice.below(256) as u8;
            }
            std::fs::write(path.path(), &bytes).unwrap();
            refused += usize::from(errors(path.path()) > 0);
        }
    }
    assert!(refused > 500, "{refused}");
}
