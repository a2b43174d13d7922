//! How wide the reader's terminal is, and text that is broken at words to fit it.

use std::ffi::OsStr;
use std::os::fd::AsFd;

use terminal_size::{Width, terminal_size_of};
use unicode_width::UnicodeWidthStr;

/// Narrower than this nothing can be laid out; the terminal breaks the lines then.
const NARROWEST: usize = 40;

/// The columns of the terminal behind a stream, or those that `COLUMNS` names. None: a file or a pipe, whose lines stay
/// whole, since a program reads them.
pub fn columns(stream: impl AsFd, variable: Option<&OsStr>) -> Option<usize> {
    let asked = || terminal_size_of(stream).map(|(Width(columns), _)| usize::from(columns));
    let named = || variable.and_then(|text| text.to_str()?.parse().ok());
    asked().or_else(named).filter(|columns| *columns >= NARROWEST)
}

/// Columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.split(COLOUR).enumerate().map(|(index, part)| if index == 0 { part } else { after_colour(part) }.width()).sum()
}

/// How a change of colour begins: it ends at an `m`, and takes no room.
const COLOUR: &str = "\x1b[";

fn after_colour(part: &str) -> &str {
    part.split_once('m').map_or("", |(_, text)| text)
}

/// Breaks every line at words so that it fits, and indents what follows a break by `hang` columns more than the line.
/// A word that is longer than a line stays whole: an address or a token must be copied in one piece.
pub fn wrap(text: &str, columns: Option<usize>, hang: usize) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    text.split('\n').map(|line| wrap_line(line, columns, hang)).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, columns: usize, hang: usize) -> String {
    if width(line) <= columns {
        return line.to_owned();
    }
    let own = line.len() - line.trim_start_matches(' ').len();
    let indent = " ".repeat((own + hang).min(columns / 2));
    let (mut wrapped, mut at, mut is_fresh) = (String::new(), 0, true);
    // Runs of spaces align what stands on one line, and so stay as they are.
    for piece in line.split_inclusive(' ') {
        let word = width(piece.trim_end_matches(' '));
        if at + word > columns && word > 0 && !is_fresh {
            wrapped.truncate(wrapped.trim_end_matches(' ').len());
            wrapped.push('\n');
            wrapped.push_str(&indent);
            at = indent.len();
            is_fresh = true;
        }
        wrapped.push_str(piece);
        at += width(piece);
        is_fresh &= word == 0;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_words_and_nowhere_else() {
        let text = "one two three\n  four five six seven eight nine ten";
        assert_eq!(wrap(text, Some(20), 2), "one two three\n  four five six\n    seven eight nine\n    ten");
        assert_eq!(wrap(text, None, 2), text);
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let token = "x".repeat(50);
        assert_eq!(wrap(&format!("a token {token} and more"), Some(20), 0), format!("a token\n{token}\nand more"));
        assert_eq!(wrap(&token, Some(20), 4), token);
    }

    #[test]
    fn no_broken_line_is_wider_than_the_terminal() {
        let text =
            "mark  check          words of every length that a sentence to be read at night may have in it. ".repeat(3);
        for columns in NARROWEST..120 {
            let wrapped = wrap(&text, Some(columns), 20);
            assert!(wrapped.lines().all(|line| width(line) <= columns), "{columns}: {wrapped}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&wrapped), words(&text));
        }
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!((width("\x1b[31merror:\x1b[0m now"), width("plain")), (10, 5));
    }

    #[test]
    fn columns_are_named_by_the_variable_where_there_is_no_terminal() {
        let file = std::fs::File::open("/dev/null").expect("a stream");
        let columns = |text: &str| columns(&file, Some(OsStr::new(text)));
        assert_eq!(columns("80"), Some(80));
        for useless in ["", "0", "12", "wide", "-80"] {
            assert_eq!(columns(useless), None, "{useless}");
        }
    }
}
