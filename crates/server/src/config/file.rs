//! `hallpass.toml`: as many of its keys as can be read, and every fault.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// What a file says.
#[derive(Default)]
pub(super) struct Parsed {
    /// Dotted key and text.
    pub(super) pairs: Vec<(String, String)>,
    /// What is not TOML, in words.
    pub(super) faults: Vec<String>,
}

impl Parsed {
    /// Reads on after a fault, so that a missing quotation mark does not hide a value out of range further down.
    ///
    /// What stands on a line with a fault is not taken: it may be half of something else, a secret among it. The parser
    /// gives up at some faults, so the text is read again without their lines, until nothing new is found.
    pub(super) fn read(text: &str) -> Self {
        let mut faults = BTreeMap::new();
        let mut left = text.to_owned();
        loop {
            let (table, errors) = DeTable::parse_recoverable(&left);
            let before = faults.len();
            for error in errors {
                let (line, message) = fault(&error, &left);
                // The parser may stumble over one fault several times.
                faults.entry(line).or_insert(message);
            }
            // Without its first line, a text of several lines would be read as keys.
            if faults.len() > before && !LONG_TEXTS.iter().any(|mark| text.contains(mark)) {
                left = without(&left, &faults);
                continue;
            }
            let mut flat = Flat { text: &left, faults: &faults, pairs: Vec::new() };
            flat.table("", table.get_ref());
            return Self { pairs: flat.pairs, faults: faults.into_values().collect() };
        }
    }
}

/// How texts of several lines begin.
const LONG_TEXTS: [&str; 2] = ["\"\"\"", "'''"];

/// The text with these lines emptied, so that the others keep their numbers.
fn without(text: &str, faults: &BTreeMap<usize, String>) -> String {
    let line = |(index, line): (usize, &str)| {
        if faults.contains_key(&(index + 1)) { "\n".to_owned() } else { line.to_owned() }
    };
    text.split_inclusive('\n').enumerate().map(line).collect()
}

/// Only the message: the excerpt that the error would show may hold a secret.
fn fault(error: &Error, text: &str) -> (usize, String) {
    let line = error.span().map_or(0, |span| line_of(text, span.start));
    let place = if line == 0 { String::new() } else { format!(" (line {line})") };
    (line, format!("is not valid TOML{place}: {}", error.message()))
}

fn line_of(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1
}

struct Flat<'a> {
    text: &'a str,
    /// By their lines.
    faults: &'a BTreeMap<usize, String>,
    pairs: Vec<(String, String)>,
}

impl Flat<'_> {
    /// Tables become dotted names, arrays become lists.
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let dotted =
                if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
            match value.get_ref() {
                DeValue::Table(table) => self.table(&dotted, table),
                _ if self.is_doubtful(&name.span()) || self.is_doubtful(&value.span()) => {}
                DeValue::Array(items) => {
                    let items: Vec<String> = items.iter().map(Spanned::get_ref).map(scalar).collect();
                    self.pairs.push((dotted, items.join(",")));
                }
                single => self.pairs.push((dotted, scalar(single))),
            }
        }
    }

    /// Whether a fault lies on its lines. Where there is any fault, no text of several lines is believed: its end may be
    /// the beginning of another.
    fn is_doubtful(&self, span: &Range<usize>) -> bool {
        let (first, last) = (line_of(self.text, span.start), line_of(self.text, span.end));
        !self.faults.is_empty() && (first != last || self.faults.contains_key(&first))
    }
}

fn scalar(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => decimal(number.as_str(), number.radix()),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(at) => at.to_string(),
        // A list of lists or tables is no value of any key: the check of the key names it.
        DeValue::Array(_) | DeValue::Table(_) => "[…]".to_owned(),
    }
}

/// `0xff` and `1_000` are numbers of TOML, and not of the keys.
fn decimal(digits: &str, radix: u32) -> String {
    i64::from_str_radix(digits, radix).map_or_else(|_| digits.to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, String)>, Vec<String>) {
        let Parsed { pairs, faults } = Parsed::read(text);
        (pairs, faults)
    }

    #[test]
    fn values_of_every_kind_become_text() {
        let text =
            "a = 'x'\nb = 0x10\nc = 1_000\nd = true\ne = 1.5\nf = ['p', \"q\"]\n[g.h]\ni = -3\n\"j.k\" = 1979-05-27\n";
        let (mut pairs, faults) = read(text);
        pairs.sort();
        let expected = [
            ("a", "x"),
            ("b", "16"),
            ("c", "1000"),
            ("d", "true"),
            ("e", "1.5"),
            ("f", "p,q"),
            ("g.h.i", "-3"),
            ("g.h.j.k", "1979-05-27"),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(faults.is_empty());
    }

    #[test]
    fn every_fault_is_named_by_its_line_and_the_other_lines_are_read() {
        let (pairs, faults) = read("a = 1\nb = \"open\nc = 3\nd 4\n[e]\nf = = 5\ng = 'six'\n");
        let lines: Vec<_> = ["(line 2)", "(line 4)", "(line 6)"].into_iter().collect();
        assert_eq!(faults.len(), lines.len(), "{faults:?}");
        assert!(faults.iter().zip(lines).all(|(fault, line)| fault.contains(line)), "{faults:?}");
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "c", "e.g"]);
    }

    #[test]
    fn a_value_that_may_be_half_of_another_is_not_taken() {
        let secret = "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y";
        for text in [
            format!("listen = \"\"\"x\nhs256_secret = \"{secret}\"\n"),
            format!("cors_origins = [\"a\"\nhs256_secret = \"{secret}\"\n"),
            format!("hs256_secret {secret}\n"),
            format!("listen = hs256_secret = \"{secret}\"\n"),
            format!("\"{secret}\n"),
        ] {
            let (pairs, faults) = read(&text);
            let told = format!("{faults:?} {:?}", pairs.iter().filter(|(name, _)| name != "hs256_secret"));
            assert!(!faults.is_empty() && !told.contains(secret), "{text}: {told}");
        }
    }
}
