//! Users in JSON: a list, alone or under the name `users`, or a document a line. A user is in memory at a time.

use std::fmt;
use std::io::{BufRead, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Fields, Found};

/// Users that are read ahead.
const AHEAD: usize = 64;
const NO_OBJECT: &str = "not a JSON object";

/// A document a line.
pub(super) fn lines(text: impl BufRead + 'static) -> impl Iterator<Item = Found> {
    text.lines().zip(1..).filter(|(line, _)| !line.as_ref().is_ok_and(|line| line.trim().is_empty())).map(
        |(line, number)| match line {
            Ok(line) => Ok((number, serde_json::from_str(&line).map_err(|_| NO_OBJECT.to_owned()))),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Ok((number, Err("the line is not UTF-8".to_owned())))
            }
            Err(error) => Err(error.into()),
        },
    )
}

/// A list. serde hands out what it reads and takes no questions, so it reads on a thread of its own.
pub(super) fn list(text: impl Read + Send + 'static) -> impl Iterator<Item = Found> {
    let (users, found) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        let line = Arc::new(AtomicU64::new(1));
        let mut deserializer = serde_json::Deserializer::from_reader(Counted { text, line: line.clone() });
        let read = List { users: &users, line: &line }.deserialize(&mut deserializer);
        let ended = read.and_then(|()| deserializer.end());
        if let Err(error) = ended {
            let broken = match error.io_error_kind() {
                Some(_) => Err(std::io::Error::from(error).into()),
                // Where, not what: serde's message may repeat a value.
                None => Ok((line.load(Ordering::Relaxed), Err("the file is no JSON from here on".to_owned()))),
            };
            // Nobody listens when the import has ended early.
            let _ = users.send(broken);
        }
    });
    found.into_iter()
}

/// A text, and the line that it is read up to.
struct Counted<R> {
    text: R,
    line: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.read(into)?;
        let ends = memchr::memchr_iter(b'\n', &into[..read]).count();
        self.line.fetch_add(u64::try_from(ends).unwrap_or_default(), Ordering::Relaxed);
        Ok(read)
    }
}

/// Where a list is, or an object that has one under the name `users`.
struct List<'a> {
    users: &'a SyncSender<Found>,
    line: &'a AtomicU64,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some((line, value)) = list.next_element_seed(Element { line: self.line })? {
            let fields: Result<Fields, String> = match value {
                Value::Object(fields) => Ok(fields),
                _ => Err(NO_OBJECT.to_owned()),
            };
            self.users.send(Ok((line, fields))).map_err(|_| A::Error::custom("the import has ended"))?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "users" {
                map.next_value_seed(List { users: self.users, line: self.line })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// An element, and the line where it begins.
struct Element<'a> {
    line: &'a AtomicU64,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = (u64, Value);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(u64, Value), D::Error> {
        let line = self.line.load(Ordering::Relaxed);
        serde::Deserialize::deserialize(deserializer).map(|value| (line, value))
    }
}
