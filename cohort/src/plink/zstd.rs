//! Text compressed by zstd (RFC 8878), as PLINK 2 writes `pvar.zst`: frames one after the other. What
//! each states of its length and checksum is checked; windows are limited, so that memory is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The most that a decoder must support (RFC 8878, 3.1.1.1.2): what all levels up to 19 use.
const WINDOW: u64 = 8 << 20;
/// Bytes decompressed at a time.
const STEP: usize = 128 << 10;

pub(super) struct Zstd {
    reader: BufReader<File>,
    decoder: FrameDecoder,
    /// Bytes of the frame so far, while one is open.
    frame: Option<u64>,
}

impl Zstd {
    pub(super) fn new(file: File) -> Zstd {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Zstd { reader: BufReader::new(file), decoder, frame: None }
    }

    /// Returns false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.reader.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.reader) {
                Ok(()) => {
                    self.frame = Some(0);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.reader).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(corrupt(&error.to_string())),
            }
        }
        Ok(false)
    }

    fn end(&mut self, length: u64) -> io::Result<()> {
        let stated = self.decoder.content_size();
        if stated > 0 && stated != length {
            return Err(corrupt("a frame has not the length that it states"));
        }
        let checksum = self.decoder.get_checksum_from_data();
        if checksum.is_some() && checksum != self.decoder.get_calculated_checksum() {
            return Err(corrupt("a frame has not the checksum that it states"));
        }
        self.frame = None;
        Ok(())
    }
}

impl Read for Zstd {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(length) = self.frame else {
                if self.begin()? {
                    continue;
                }
                return Ok(0);
            };
            let count = self.decoder.read(into)?;
            if count > 0 {
                self.frame = Some(length + count as u64);
                return Ok(count);
            }
            if self.decoder.is_finished() {
                self.end(length)?;
                continue;
            }
            let step = BlockDecodingStrategy::UptoBytes(STEP);
            let decoded = self.decoder.decode_blocks(&mut self.reader, step);
            decoded.map_err(|error| corrupt(&error.to_string()))?;
        }
    }
}

fn corrupt(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the zstd data cannot be read: {why}"))
}
