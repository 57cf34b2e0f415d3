//! Compressed JSON lines: a gzip member or a zstd frame is a unit, found while the file is read once from its start.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::pread::PreadReader;
use super::{Admission, Format, MAX_UNIT_BYTES, Scan, Unit, jsonl};
use crate::blob::Blob;
use crate::progress::Watch;

/// Largest zstd window, log2 of bytes: no frame that we accept needs a larger one.
const MAX_WINDOW_LOG: u32 = MAX_UNIT_BYTES.ilog2();

pub(super) fn scan(
    file: &Blob,
    size: u64,
    format: Format,
    admission: &Admission,
    watch: Watch<'_>,
) -> Result<Scan, String> {
    let reader = BufReader::with_capacity(1 << 18, PreadReader::new(file, 0, size, watch));
    let mut frames = FrameReader::new(format, reader, MAX_UNIT_BYTES);
    let mut scan = Scan::default();
    jsonl::scan_lines(&mut frames, 0, None, admission, &mut scan)
        .map_err(|error| frames.explain(&error))?;
    scan.units = frames.units;
    Ok(scan)
}

/// Decodes one member or frame, the first of `bytes`, to exactly `num_bytes`.
///
/// # Errors
/// It is damaged or has another length.
pub(crate) fn decode_frame(format: Format, bytes: &[u8], num_bytes: u64) -> io::Result<Vec<u8>> {
    let mut decoded = Vec::with_capacity(num_bytes as usize);
    Decoder::new(format, bytes)?
        .take(num_bytes + 1)
        .read_to_end(&mut decoded)?;
    if decoded.len() as u64 == num_bytes {
        Ok(decoded)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a unit has another length",
        ))
    }
}

/// A decoder of one member or frame that reads no byte beyond it.
enum Decoder<R: BufRead> {
    Gzip(GzDecoder<R>),
    Zstd(zstd::stream::read::Decoder<'static, R>),
}

impl<R: BufRead> Decoder<R> {
    fn new(format: Format, reader: R) -> io::Result<Self> {
        if format == Format::JsonlGzip {
            return Ok(Self::Gzip(GzDecoder::new(reader)));
        }
        let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?.single_frame();
        decoder.window_log_max(MAX_WINDOW_LOG)?;
        Ok(Self::Zstd(decoder))
    }

    fn into_inner(self) -> R {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// The decoded stream of a whole file; remembers where its units begin.
pub(super) struct FrameReader<R: BufRead> {
    format: Format,
    /// Most bytes that a unit may decode to.
    max_unit_bytes: u64,
    /// Between two units; none inside one and at the end of the file.
    idle: Option<Counted<R>>,
    /// Inside a unit.
    active: Option<Decoder<Counted<R>>>,
    units: Vec<Unit>,
    num_decoded: u64,
}

impl<R: BufRead> FrameReader<R> {
    pub(super) fn new(format: Format, reader: R, max_unit_bytes: u64) -> Self {
        let idle = Some(Counted {
            reader,
            position: 0,
        });
        Self {
            format,
            max_unit_bytes,
            idle,
            active: None,
            units: Vec::new(),
            num_decoded: 0,
        }
    }

    /// Begins the next unit; false at the end of the file.
    fn begin(&mut self, mut reader: Counted<R>) -> io::Result<bool> {
        if self.format == Format::JsonlGzip && reader.position > 0 {
            skip_padding(&mut reader)?;
        }
        let ended = reader.fill_buf()?.is_empty();
        self.units.push(Unit {
            start: reader.position,
            decoded_start: self.num_decoded,
        });
        if !ended {
            self.active = Some(Decoder::new(self.format, reader)?);
        }
        Ok(!ended)
    }

    pub(super) fn explain(&self, error: &io::Error) -> String {
        let unit = if self.format == Format::JsonlGzip {
            "gzip member"
        } else {
            "zstd frame"
        };
        match self.units.last() {
            Some(last) => format!("{unit} at byte {}: {error}", last.start),
            None => format!("cannot read: {error}"),
        }
    }

    fn too_large() -> io::Error {
        io::Error::other(
            "decodes to more than 256 MiB, which one draw would have to decode; pack the file instead, which reads it once from its start: spice-fast corpus pack",
        )
    }
}

impl<R: BufRead> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(reader) = self.idle.take()
                && !self.begin(reader)?
            {
                return Ok(0);
            }
            let Some(decoder) = &mut self.active else {
                return Ok(0);
            };
            let num_read = decoder.read(buffer)?;
            self.num_decoded += num_read as u64;
            let unit_start = self.units.last().map_or(0, |unit| unit.decoded_start);
            if self.num_decoded - unit_start > self.max_unit_bytes {
                return Err(Self::too_large());
            }
            if num_read > 0 {
                return Ok(num_read);
            }
            if self.num_decoded == unit_start {
                // An empty member, or a skippable frame: holds nothing to find.
                self.units.pop();
            }
            self.idle = self.active.take().map(Decoder::into_inner);
        }
    }
}

/// Passes over the zeros that tape tools leave behind a gzip file.
fn skip_padding(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let zeros = buffer.iter().take_while(|&&byte| byte == 0).count();
        if zeros == 0 {
            return Ok(());
        }
        reader.consume(zeros);
    }
}

/// Counts what is consumed.
struct Counted<R> {
    reader: R,
    position: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let num_read = self.reader.read(buffer)?;
        self.position += num_read as u64;
        Ok(num_read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, num_bytes: usize) {
        self.position += num_bytes as u64;
        self.reader.consume(num_bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn compress(format: Format, part: &[u8]) -> Vec<u8> {
        if format == Format::JsonlGzip {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(part).unwrap();
            encoder.finish().unwrap()
        } else {
            zstd::encode_all(part, 1).unwrap()
        }
    }

    proptest! {
        #[test]
        fn units_decode_alone_to_their_range_of_the_stream(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..6),
            gzip in any::<bool>(),
        ) {
            let format = if gzip { Format::JsonlGzip } else { Format::JsonlZstd };
            let mut file: Vec<u8> = Vec::new();
            for part in &parts {
                file.extend(compress(format, part));
                if !gzip {
                    file.extend(b"\x50\x2A\x4D\x18\x03\0\0\0abc"); // a skippable frame
                }
            }
            if gzip && !parts.is_empty() {
                file.extend([0; 9]);
            }
            let mut reader = FrameReader::new(format, &file[..], MAX_UNIT_BYTES);
            let mut stream = Vec::new();
            reader.read_to_end(&mut stream).unwrap();
            prop_assert_eq!(&stream, &parts.concat());
            prop_assert_eq!(reader.units.len(), parts.iter().filter(|part| !part.is_empty()).count() + 1);
            for pair in reader.units.windows(2) {
                let range = pair[0].decoded_start as usize..pair[1].decoded_start as usize;
                let bytes = &file[pair[0].start as usize..pair[1].start as usize];
                prop_assert_eq!(&decode_frame(format, bytes, range.len() as u64).unwrap(), &stream[range]);
            }
        }

        #[test]
        fn a_truncated_file_is_an_error(cut in 1_usize..60, gzip in any::<bool>()) {
            let format = if gzip { Format::JsonlGzip } else { Format::JsonlZstd };
            let whole = compress(format, &[b'x'; 2000]);
            let bytes = &whole[..whole.len().saturating_sub(cut).max(1)];
            let mut reader = FrameReader::new(format, bytes, MAX_UNIT_BYTES);
            prop_assert!(reader.read_to_end(&mut Vec::new()).is_err());
        }
    }

    #[test]
    fn garbage_behind_a_member_is_an_error() {
        let mut file = compress(Format::JsonlGzip, b"abc");
        file.extend(b"\0\0garbage");
        let mut reader = FrameReader::new(Format::JsonlGzip, &file[..], MAX_UNIT_BYTES);
        assert!(reader.read_to_end(&mut Vec::new()).is_err());
    }
}
