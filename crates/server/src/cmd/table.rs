//! Tables: one line a row, whatever the width of the terminal.

use crate::terminal::width;

/// Between two columns.
const GAP: usize = 2;
/// What is left of an id: its last characters. Those in front are its time of birth, and alike in ids of one minute.
const TAIL: usize = 8;
/// The least that is left of a text.
const LEAST: usize = 8;

/// What may be done to a column where a table is wider than the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing: it is short, or copied from here into the next command.
    Whole,
    /// The end of the text may be cut off.
    Text,
    /// An id, of which the last characters may stand for the whole.
    Id,
    /// An instant, which may lose its seconds.
    Time,
    /// An instant, which may lose its hour as well.
    Day,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    name: &'static str,
    kind: Kind,
    /// The column with the least number is left out first; 0 stays.
    leaves: u8,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, leaves: 0 }
}

pub(super) const fn whole(name: &'static str) -> Column {
    column(name, Kind::Whole)
}

pub(super) const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

pub(super) const fn id(name: &'static str) -> Column {
    column(name, Kind::Id)
}

pub(super) const fn time(name: &'static str) -> Column {
    column(name, Kind::Time)
}

pub(super) const fn day(name: &'static str) -> Column {
    column(name, Kind::Day)
}

impl Column {
    /// Where there is no room it is left out, after those with a smaller number.
    pub(super) const fn leaves(self, number: u8) -> Self {
        Self { leaves: number, ..self }
    }
}

/// A table that was laid out.
pub(super) struct Laid {
    pub(super) text: String,
    /// Whether something was shortened or left out.
    pub(super) is_cut: bool,
}

/// Lays a table out: a heading and no lines, so that it can be read, cut and grepped.
pub(super) fn lay<const N: usize>(
    columns: &[Column; N],
    rows: impl IntoIterator<Item = [String; N]>,
    room: Option<usize>,
) -> Laid {
    let mut table = Table { columns: columns.to_vec(), rows: rows.into_iter().map(Vec::from).collect() };
    let is_cut = room.is_some_and(|room| table.fit(room));
    Laid { text: table.lines(), is_cut }
}

type Shorter = fn(&str) -> String;

/// What is done to cells of these kinds, one after the other, until the table fits.
const SHORTENINGS: &[(&[Kind], Shorter)] = &[
    (&[Kind::Time, Kind::Day], |at| instant(at, 19, "Z")),
    (&[Kind::Id], tail),
    (&[Kind::Time, Kind::Day], |at| instant(at, 16, "Z")),
    (&[Kind::Day], |at| instant(at, 10, "")),
];

struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Takes away what is missed least, until it fits. Answers whether anything was taken away.
    fn fit(&mut self, room: usize) -> bool {
        let mut is_cut = false;
        for (kinds, shorter) in SHORTENINGS {
            if self.width() <= room {
                return is_cut;
            }
            is_cut |= self.shorten(kinds, *shorter);
        }
        while self.width() > room {
            if !self.leave_one_out() {
                return self.cut_texts(room) || is_cut;
            }
            is_cut = true;
        }
        is_cut
    }

    fn shorten(&mut self, kinds: &[Kind], shorter: Shorter) -> bool {
        let mut is_cut = false;
        for row in &mut self.rows {
            for (cell, _) in row.iter_mut().zip(&self.columns).filter(|(_, column)| kinds.contains(&column.kind)) {
                let left = shorter(cell);
                is_cut |= left != *cell;
                *cell = left;
            }
        }
        is_cut
    }

    fn leave_one_out(&mut self) -> bool {
        let leaving = self.columns.iter().enumerate().filter(|(_, column)| column.leaves > 0);
        let Some((index, _)) = leaving.min_by_key(|(_, column)| column.leaves) else { return false };
        self.columns.remove(index);
        for row in &mut self.rows {
            row.remove(index);
        }
        true
    }

    /// Cuts the widest texts, by as much as is needed and no shorter than [`LEAST`].
    fn cut_texts(&mut self, room: usize) -> bool {
        let mut is_cut = false;
        while let Some(over) = self.width().checked_sub(room).filter(|over| *over > 0) {
            let widths = self.widths();
            let texts =
                self.columns.iter().zip(&widths).enumerate().filter(|(_, (column, _))| column.kind == Kind::Text);
            let Some((index, wide)) = texts.map(|(index, (_, wide))| (index, *wide)).max_by_key(|(_, wide)| *wide)
            else {
                break;
            };
            let least = LEAST.max(width(self.columns[index].name));
            // No further than to the next widest, which then shares the loss.
            let wanted = wide.saturating_sub(over.min(4)).max(least);
            if wanted >= wide {
                break;
            }
            for row in &mut self.rows {
                row[index] = cut(&row[index], wanted);
            }
            is_cut = true;
        }
        is_cut
    }

    fn widths(&self) -> Vec<usize> {
        let of = |(index, column): (usize, &Column)| {
            self.rows.iter().map(|row| width(&row[index])).chain([width(column.name)]).max().unwrap_or_default()
        };
        self.columns.iter().enumerate().map(of).collect()
    }

    fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
    }

    fn lines(&self) -> String {
        let widths = self.widths();
        let heading: Vec<String> = self.columns.iter().map(|column| column.name.to_uppercase()).collect();
        let line = |row: &Vec<String>| {
            let padded =
                row.iter().zip(&widths).map(|(cell, wide)| format!("{cell}{:1$}", "", wide - width(cell) + GAP));
            padded.collect::<String>().trim_end().to_owned()
        };
        std::iter::once(&heading).chain(&self.rows).map(line).collect::<Vec<_>>().join("\n")
    }
}

/// So many characters of an instant. What is not one, such as a dash, stays.
fn instant(text: &str, keep: usize, end: &str) -> String {
    let is_instant = text.len() > keep + end.len() && text.as_bytes().get(10) == Some(&b'T');
    if is_instant { format!("{}{end}", &text[..keep]) } else { text.to_owned() }
}

/// The last characters of an id. What is not one, such as "no account", stays.
fn tail(text: &str) -> String {
    let is_id = text.len() == 36 && text.is_ascii() && text.bytes().filter(|c| *c == b'-').count() == 4;
    if is_id { format!("…{}", &text[36 - TAIL..]) } else { text.to_owned() }
}

fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while width(&kept) >= columns && kept.pop().is_some() {}
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 5] =
        [id("id").leaves(2), text("email"), whole("role"), day("created").leaves(1), time("last login")];

    fn rows() -> Vec<[String; 5]> {
        let row = |id: &str, email: &str| {
            let at = "2027-01-15T08:01:02.345Z";
            [id, email, "user", at, at].map(str::to_owned)
        };
        vec![
            row("0198c0de-0000-7000-8000-0123456789ab", "ada@example.com"),
            row("0198c0de-0000-7000-8000-ba9876543210", "somebody.with.a.long.name@department.example.com"),
        ]
    }

    #[test]
    fn a_table_with_room_is_whole() {
        for room in [None, Some(200)] {
            let laid = lay(&COLUMNS, rows(), room);
            assert!(!laid.is_cut && laid.text.contains("0198c0de-0000-7000-8000-0123456789ab"), "{}", laid.text);
            assert!(laid.text.contains("2027-01-15T08:01:02.345Z"));
        }
    }

    #[test]
    fn at_every_width_a_row_is_one_line_that_fits() {
        for room in 40..200 {
            let laid = lay(&COLUMNS, rows(), Some(room));
            assert_eq!(laid.text.lines().count(), 3);
            assert!(laid.text.lines().all(|line| width(line) <= room), "{room}:\n{}", laid.text);
        }
    }

    #[test]
    fn what_is_missed_least_goes_first() {
        let at = |room| lay(&COLUMNS, rows(), Some(room)).text;
        assert!(at(130).contains("…456789ab") && at(130).contains("2027-01-15T08:01:02Z"), "{}", at(130));
        assert!(at(100).contains("2027-01-15T08:01Z") && !at(90).contains("CREATED"), "{}", at(100));
        assert!(at(60).contains("ada@example.com") && at(60).contains('…') && !at(60).contains("ID"), "{}", at(60));
    }

    #[test]
    fn what_is_no_instant_and_no_id_stays() {
        assert_eq!((instant("-", 16, "Z"), tail("no account")), ("-".to_owned(), "no account".to_owned()));
        assert_eq!(instant("2027-01-15T08:01Z", 16, "Z"), "2027-01-15T08:01Z");
    }
}
