//! What a caller would rather read: a page or a document (RFC 9110 §12.5.1).

use http::HeaderMap;
use http::header::ACCEPT;

/// What a refusal is written in, unless a page is wanted.
const DOCUMENTS: [&str; 2] = ["application/problem+json", "application/json"];
const PAGE: &str = "text/html";

/// Whether the caller would rather have a page. Browsers name `text/html` first; programs name JSON, anything or nothing,
/// and get a document.
pub fn prefers_page(headers: &HeaderMap) -> bool {
    let ranges: Vec<Range<'_>> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::parse)
        .collect();
    let document = DOCUMENTS.into_iter().map(|kind| quality(kind, &ranges)).max().unwrap_or_default();
    quality(PAGE, &ranges) > document
}

/// A media range and its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    weight: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next().filter(|kind| kind.contains('/'))?;
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(Self { kind, weight: weight.map_or(Some(1000), thousandths)? })
    }

    /// How exactly it names a kind; none when it does not.
    fn exactness(&self, kind: &str) -> Option<u8> {
        let main = kind.split('/').next().unwrap_or_default();
        match self.kind {
            "*/*" => Some(0),
            own if own.eq_ignore_ascii_case(kind) => Some(2),
            own => own.strip_suffix("/*").filter(|own| own.eq_ignore_ascii_case(main)).map(|_| 1),
        }
    }
}

/// The weight that the most exact range gives.
fn quality(kind: &str, ranges: &[Range<'_>]) -> u16 {
    let fitting = ranges.iter().filter_map(|range| Some((range.exactness(kind)?, range.weight)));
    fitting.max().map_or(0, |(_, weight)| weight)
}

/// `0`, `1`, `0.8`, `0.125`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || part.len() > 3 || !is_number(part) {
        return None;
    }
    let weight: u16 = format!("{whole}{part:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefers(accept: &[&str]) -> bool {
        let values = accept.iter().map(|text| (ACCEPT, text.parse().expect("a header")));
        prefers_page(&values.collect())
    }

    #[test]
    fn browsers_prefer_a_page() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html",
            "TEXT/HTML; charset=utf-8",
            "text/*, application/json;q=0.5",
            "application/json;q=0.2, text/html;q=0.201",
            "text/html;q=0.5, application/json;q=0",
        ] {
            assert!(prefers(&[accept]), "{accept}");
        }
        assert!(prefers(&["application/json;q=0.4", "text/html"]), "two lines are one list");
    }

    #[test]
    fn programs_get_a_document() {
        for accept in [
            "*/*",
            "application/json",
            "application/json, text/plain, */*",
            "application/problem+json, text/html;q=0.9",
            "text/html, application/json",
            "text/html;q=0.8, application/*",
            "text/html;q=0, */*;q=0.1",
            "text/html;q=2",
            "text/html;q=0.1234",
            "text/html;q=",
            "html",
            "",
        ] {
            assert!(!prefers(&[accept]), "{accept}");
        }
        assert!(!prefers(&[]), "nothing said");
    }
}
