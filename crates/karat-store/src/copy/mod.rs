//! COPY in PostgreSQL's binary form, in and out, encoded and decoded by hand: the server then
//! parses no text, which is where text COPY spends its time.

mod decode;
mod encode;
mod read;
mod write;

pub use decode::{canonical, canonical_text};
pub use encode::{ColumnType, Encoder};
pub use read::Rows;
pub use write::{CHUNK, Chunk, Copied, copy_in};
