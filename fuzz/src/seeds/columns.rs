//! Seeds of the Parquet target.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

const PEOPLE: &str = "message m {
    required int64 id; optional binary name (STRING); optional int32 born (DATE);
    optional double pay;
    optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
}";

pub fn all() -> Vec<Vec<u8>> {
    let plain = || WriterProperties::builder().set_dictionary_enabled(false);
    let packed = |how| WriterProperties::builder().set_compression(how);
    let second = WriterProperties::builder().set_writer_version(WriterVersion::PARQUET_2_0);
    let delta = plain().set_encoding(Encoding::DELTA_BINARY_PACKED);
    vec![
        people(WriterProperties::builder()),
        people(plain()),
        people(packed(Compression::SNAPPY)),
        people(packed(Compression::GZIP(Default::default()))),
        people(packed(Compression::ZSTD(Default::default()))),
        people(second),
        numbers(delta),
    ]
}

fn people(properties: WriterPropertiesBuilder) -> Vec<u8> {
    write(PEOPLE, properties, &|group| {
        let name = |text: &str| ByteArray::from(text);
        column::<Int64Type>(group, &[1, 2, 3], &[], &[]);
        column::<ByteArrayType>(group, &[name("Ann"), name("Zoë")], &[1, 0, 1], &[]);
        column::<Int32Type>(group, &[19_782], &[1, 0, 0], &[]);
        column::<DoubleType>(group, &[1.5, -2.0, 1e9], &[1, 1, 1], &[]);
        column::<ByteArrayType>(group, &[name("a"), name("b")], &[3, 3, 1, 0], &[0, 1, 0, 0]);
    })
}

fn numbers(properties: WriterPropertiesBuilder) -> Vec<u8> {
    write("message m { required int64 n; required int32 m; }", properties, &|group| {
        column::<Int64Type>(group, &(0..200).map(|n| n * n).collect::<Vec<_>>(), &[], &[]);
        column::<Int32Type>(group, &(0..200).collect::<Vec<_>>(), &[], &[]);
    })
}

fn write(
    schema: &str,
    properties: WriterPropertiesBuilder,
    fill: &dyn Fn(&mut Group<'_>),
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()))
        .expect("a file in memory");
    let mut group = writer.next_row_group().expect("a group");
    fill(&mut group);
    group.close().expect("a whole group");
    writer.into_inner().expect("a whole file")
}

fn column<T: DataType>(group: &mut Group<'_>, values: &[T::T], defined: &[i16], repeated: &[i16]) {
    let mut column = group.next_column().expect("room for a column").expect("a column");
    let levels = |levels: &'_ [i16]| (!levels.is_empty()).then(|| levels.to_vec());
    let (defined, repeated) = (levels(defined), levels(repeated));
    column
        .typed::<T>()
        .write_batch(values, defined.as_deref(), repeated.as_deref())
        .expect("values of the column");
    column.close().expect("a whole column");
}
