//! The file of a filter: a header of 72 bytes, then the bits. Numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 0–7 | `HPBREACH` |
//! | 8–11 | version of the format: 1 |
//! | 12–15 | kind: 1, a Bloom filter of the crate `fastbloom` over the first 64 bits of SHA-1 |
//! | 16–19 | bits that an entry sets |
//! | 20–23 | zero |
//! | 24–31 | entries |
//! | 32–39 | share of false positives, IEEE 754 |
//! | 40–71 | SHA-256 of everything else |
//! | 72– | the bits |

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use fastbloom::BloomFilter;

use super::Breached;

const MAGIC: &[u8; 8] = b"HPBREACH";
const VERSION: u32 = 1;
const BLOOM_SHA1: u32 = 1;
const HEADER: usize = 72;
/// The part of the header before the digest.
const FIELDS: usize = 40;
const MOST_HASHES: u32 = 64;
const CHUNK: usize = 1 << 16;

/// Entries that every filter has. Which bits an entry sets is up to the crate: one that no longer finds these would miss
/// every other entry, too, and say nothing.
pub(super) const WITNESSES: [u64; 16] = {
    let mut witnesses = [0_u64; 16];
    let (mut index, mut value) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    while index < witnesses.len() {
        witnesses[index] = value;
        value = value.rotate_left(23).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        index += 1;
    }
    witnesses
};

/// Why a file is not used as a filter.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it is no filter of breached passwords")]
    NotAFilter,
    /// It was made for another version of this program.
    #[error("it is of another format than this version of hallpass reads")]
    Format,
    /// It is shorter or longer than a filter, or its digest does not fit.
    #[error("it is damaged")]
    Damaged,
}

impl Breached {
    /// Reads a file as a whole, and checks it.
    ///
    /// # Errors
    /// A [`FilterError`].
    pub fn open(path: &Path) -> Result<Self, FilterError> {
        // Opening a pipe would wait for whoever writes to it.
        let data = fs::metadata(path)?;
        if !data.is_file() {
            return Err(FilterError::NotAFile);
        }
        let mut file = BufReader::with_capacity(CHUNK, File::open(path)?);
        let mut header = [0; HEADER];
        file.read_exact(&mut header).map_err(|error| cut_short(error, FilterError::NotAFilter))?;
        let header = Header::parse(&header)?;
        let body = usize::try_from(data.len()).map_err(|_| FilterError::Damaged)?.saturating_sub(HEADER);
        if body == 0 || !body.is_multiple_of(8) {
            return Err(FilterError::Damaged);
        }
        let words = read_body(&mut file, body / 8, &header)?;
        let filter = BloomFilter::from_vec(words).hashes(header.hashes);
        if !WITNESSES.iter().all(|witness| filter.contains_hash(*witness)) {
            return Err(FilterError::Format);
        }
        Ok(Self { filter, count: header.count, false_positives: header.false_positives })
    }

    /// Writes the file. It appears under its name when it is whole and on the disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let partial = partial_of(path)?;
        let written = self.write(&partial).and_then(|()| fs::rename(&partial, path));
        if written.is_err() {
            // The fault that is told is the first one.
            drop(fs::remove_file(&partial));
        }
        written?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(CHUNK, File::create(path)?);
        let fields = self.fields();
        let mut digest = Context::new(&SHA256);
        digest.update(&fields);
        for word in self.filter.as_slice() {
            digest.update(&word.to_le_bytes());
        }
        file.write_all(&fields)?;
        file.write_all(digest.finish().as_ref())?;
        for word in self.filter.as_slice() {
            file.write_all(&word.to_le_bytes())?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    fn fields(&self) -> [u8; FIELDS] {
        let mut fields = [0; FIELDS];
        fields[..8].copy_from_slice(MAGIC);
        fields[8..12].copy_from_slice(&VERSION.to_le_bytes());
        fields[12..16].copy_from_slice(&BLOOM_SHA1.to_le_bytes());
        fields[16..20].copy_from_slice(&self.filter.num_hashes().to_le_bytes());
        fields[24..32].copy_from_slice(&self.count.to_le_bytes());
        fields[32..40].copy_from_slice(&self.false_positives.to_le_bytes());
        fields
    }
}

struct Header {
    hashes: u32,
    count: u64,
    false_positives: f64,
    fields: [u8; FIELDS],
    digest: [u8; HEADER - FIELDS],
}

impl Header {
    fn parse(bytes: &[u8; HEADER]) -> Result<Self, FilterError> {
        if !bytes.starts_with(MAGIC) {
            return Err(FilterError::NotAFilter);
        }
        let short = |at: usize| u32::from_le_bytes(part(bytes, at));
        if short(8) != VERSION || short(12) != BLOOM_SHA1 {
            return Err(FilterError::Format);
        }
        if !(1..=MOST_HASHES).contains(&short(16)) {
            return Err(FilterError::Damaged);
        }
        Ok(Self {
            hashes: short(16),
            count: u64::from_le_bytes(part(bytes, 24)),
            false_positives: f64::from_le_bytes(part(bytes, 32)),
            fields: part(bytes, 0),
            digest: part(bytes, FIELDS),
        })
    }
}

/// The bytes of a header from `at` on.
fn part<const N: usize>(bytes: &[u8; HEADER], at: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[at..at + N]);
    part
}

fn read_body(file: &mut impl Read, count: usize, header: &Header) -> Result<Vec<u64>, FilterError> {
    let mut words: Vec<u64> = Vec::new();
    words.try_reserve_exact(count).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    let mut digest = Context::new(&SHA256);
    digest.update(&header.fields);
    let mut chunk = vec![0; CHUNK];
    while words.len() < count {
        let bytes = &mut chunk[..CHUNK.min((count - words.len()) * 8)];
        file.read_exact(bytes).map_err(|error| cut_short(error, FilterError::Damaged))?;
        digest.update(bytes);
        words.extend(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)));
    }
    if digest.finish().as_ref() == header.digest { Ok(words) } else { Err(FilterError::Damaged) }
}

fn cut_short(error: io::Error, verdict: FilterError) -> FilterError {
    if error.kind() == ErrorKind::UnexpectedEof { verdict } else { error.into() }
}

/// Beside the file, so that it can be renamed to it; named after this process, so that two do not write into one.
fn partial_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "it has no name"))?;
    let mut partial = OsString::from(".");
    partial.push(name);
    partial.push(format!(".{}.partial", std::process::id()));
    Ok(path.with_file_name(partial))
}
