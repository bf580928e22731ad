//! Excel and OpenDocument workbooks: the first sheet with the columns of the mapping, as if it were a delimited file.

use super::Source;
use super::table::Sink;
use crate::mapping::feed::Feed;
use crate::row::{ReadContext, Refusal, Summary};

/// By its first bytes: a zip archive (xlsx, ods) or a compound file (xls).
pub(crate) fn is_one(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Reads a workbook.
pub(crate) fn read(
    _feed: &Feed,
    _source: &mut dyn Source,
    context: &ReadContext,
    _sink: &mut Sink<'_>,
) -> Result<Summary, Refusal> {
    Err(Refusal::new(&context.file, "workbooks are not read yet"))
}
