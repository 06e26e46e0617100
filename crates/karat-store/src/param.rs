//! Parameters of statements, with the types that they are sent as. A statement whose parameters' types
//! are known needs not be prepared: it takes one journey to the server instead of two, and a
//! transaction pooler may send it anywhere.

use tokio_postgres::types::{ToSql, Type};

/// A parameter of a statement.
pub(crate) trait Param: Sync {
    /// The type that it is sent as.
    fn kind(&self) -> Type;

    fn value(&self) -> &(dyn ToSql + Sync);
}

impl<T: Kind + ToSql + Sync> Param for T {
    fn kind(&self) -> Type {
        T::ONE
    }

    fn value(&self) -> &(dyn ToSql + Sync) {
        self
    }
}

/// The types that values are sent as: one of them, and an array of them.
pub(crate) trait Kind {
    const ONE: Type;
    const MANY: Type;
}

macro_rules! kinds {
    ($($rust:ty: $one:ident $many:ident),+ $(,)?) => {
        $(impl Kind for $rust {
            const ONE: Type = Type::$one;
            const MANY: Type = Type::$many;
        })+
    };
}

kinds! {
    bool: BOOL BOOL_ARRAY,
    i16: INT2 INT2_ARRAY,
    i32: INT4 INT4_ARRAY,
    i64: INT8 INT8_ARRAY,
    f32: FLOAT4 FLOAT4_ARRAY,
    f64: FLOAT8 FLOAT8_ARRAY,
    str: TEXT TEXT_ARRAY,
    String: TEXT TEXT_ARRAY,
    [u8]: BYTEA BYTEA_ARRAY,
    Vec<u8>: BYTEA BYTEA_ARRAY,
}

impl<T: Kind + ?Sized> Kind for &T {
    const ONE: Type = T::ONE;
    const MANY: Type = T::MANY;
}

impl<T: Kind> Kind for Option<T> {
    const ONE: Type = T::ONE;
    const MANY: Type = T::MANY;
}

impl<T: Kind> Kind for [T] {
    const ONE: Type = T::MANY;
    // The server's arrays of arrays are arrays of more dimensions.
    const MANY: Type = T::MANY;
}

impl<T: Kind> Kind for Vec<T> {
    const ONE: Type = T::MANY;
    const MANY: Type = T::MANY;
}
