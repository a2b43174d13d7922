//! Users, searched by a part of their address.
//!
//! Three searches follow each other: addresses that begin with the text, domains that begin with it, and addresses that hold
//! it elsewhere. The first two walk an index. The last has none to walk: it reads so many rows and no more, and the next page
//! goes on behind them. A table of a million users would otherwise be read whole for each letter that an admin types.

use std::fmt;
use std::str::FromStr;

use hallpass_model::UserId;
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::User;

use super::session::{GREATEST, Id};
use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Conn, Value};

const BY_ADDRESS: &str =
    select!(user, "FROM users WHERE email_key >= $1 AND email_key < $2 ORDER BY email_key LIMIT $3");
const BY_DOMAIN: &str = select!(
    user,
    "FROM users WHERE (email_domain, id) > ($1, $2) AND email_domain < $3 ORDER BY email_domain, id LIMIT $4"
);
const WINDOW: &str = "SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2";
const WITHIN: &str = select!(
    user,
    "FROM users WHERE id > $1 AND id <= $2 AND email_key LIKE $3 ESCAPE '!' \
    AND NOT (email_key >= $4 AND email_key < $5) AND NOT (email_domain >= $6 AND email_domain < $7) ORDER BY id LIMIT $8"
);

/// Rows read at once by domain, since some of them have been found by their address.
const CHUNK: usize = 200;
/// Greater than every character of an address, in the order of bytes.
const BEHIND: char = '\u{10FFFF}';
/// The least character, which no address holds: what begins with an address and this comes right behind the address.
const NEXT: char = '\u{1}';

/// Where a search goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchPlace {
    /// Among those that begin with the text, behind this address.
    Address(String),
    /// Among those whose domain begins with it, behind this domain and user.
    Domain(String, UserId),
    /// Among the others, behind this user.
    Within(Option<UserId>),
}

impl fmt::Display for SearchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "a:{address}"),
            Self::Domain(domain, id) => write!(f, "d:{id}:{domain}"),
            Self::Within(None) => f.write_str("w:"),
            Self::Within(Some(id)) => write!(f, "w:{id}"),
        }
    }
}

/// The text is no place of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsePlaceError;

impl FromStr for SearchPlace {
    type Err = ParsePlaceError;

    fn from_str(text: &str) -> std::result::Result<Self, ParsePlaceError> {
        let id = |text: &str| text.parse::<UserId>().map_err(|_| ParsePlaceError);
        match text.split_once(':').ok_or(ParsePlaceError)? {
            ("a", address) => Ok(Self::Address(address.to_owned())),
            ("d", rest) => {
                let (user, domain) = rest.split_once(':').ok_or(ParsePlaceError)?;
                Ok(Self::Domain(domain.to_owned(), id(user)?))
            }
            ("w", "") => Ok(Self::Within(None)),
            ("w", user) => Ok(Self::Within(Some(id(user)?))),
            _ => Err(ParsePlaceError),
        }
    }
}

/// Finds users whose canonical address contains a text, whatever the case. A page may hold fewer than it may, and not be the
/// last.
#[derive(Debug)]
pub struct SearchUsers {
    /// The text.
    pub query: String,
    pub page: PageRequest<SearchPlace>,
    /// Rows that the page may read.
    pub rows: u32,
}

impl SearchUsers {
    /// Some milliseconds, and all of an installation of that size.
    pub const ROWS: u32 = 20_000;
}

impl Operation for SearchUsers {
    type Output = Page<User, SearchPlace>;
    const NAME: &'static str = "search_users";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let limit = usize::try_from(self.page.limit).unwrap_or(usize::MAX);
        let mut search = Search::new(&self.query, limit, usize::try_from(self.rows).unwrap_or(usize::MAX));
        let mut place = Some(self.page.after.clone().unwrap_or_else(|| SearchPlace::Address(String::new())));
        while let Some(from) = place.take_if(|_| search.found.len() <= limit && search.budget > 0) {
            place = search.step(conn, from).await?;
        }
        if search.found.len() > limit {
            search.found.truncate(limit);
            place = search.found.last().map(|(_, place)| place.clone());
        }
        Ok(Page { items: search.found.into_iter().map(|(user, _)| user).collect(), next: place })
    }
}

/// A search under way.
struct Search {
    /// What an address begins with.
    address: String,
    /// What a domain begins with; none when the text holds an `@` behind its first character.
    domain: Option<String>,
    /// One more than the page holds: it says whether there is another page.
    wanted: usize,
    /// Rows that may still be read.
    budget: usize,
    found: Vec<(User, SearchPlace)>,
}

impl Search {
    fn new(query: &str, limit: usize, budget: usize) -> Self {
        let address = query.to_lowercase();
        let domain = address.strip_prefix('@').unwrap_or(&address);
        let domain = (!domain.contains('@')).then(|| domain.to_owned());
        Self { address, domain, wanted: limit.saturating_add(1), budget, found: Vec::new() }
    }

    fn missing(&self) -> usize {
        self.wanted.saturating_sub(self.found.len())
    }

    /// Reads on from a place; where it goes on after that, if it does.
    async fn step<C: Conn>(&mut self, conn: &mut C, from: SearchPlace) -> Result<Option<SearchPlace>> {
        match from {
            SearchPlace::Address(after) => self.by_address(conn, &after).await.map(Some),
            SearchPlace::Domain(domain, id) => self.by_domain(conn, &domain, Some(id)).await.map(Some),
            SearchPlace::Within(after) => self.within(conn, after).await,
        }
    }

    async fn by_address<C: Conn>(&mut self, conn: &mut C, after: &str) -> Result<SearchPlace> {
        // A cursor can be forged: it leads nowhere but on in this list.
        let from = if after.starts_with(&self.address) && !after.is_empty() {
            format!("{after}{NEXT}")
        } else {
            self.address.clone()
        };
        let until = format!("{}{BEHIND}", self.address);
        let missing = self.missing();
        let users: Vec<User> =
            conn.rows(BY_ADDRESS, &[from.as_str().into(), until.as_str().into(), count(missing)]).await?;
        let is_last = users.len() < missing;
        self.spend(users.len());
        let found = users.into_iter().map(|user| {
            let place = SearchPlace::Address(user.email.canonical().to_owned());
            (user, place)
        });
        self.found.extend(found);
        if is_last { self.first_by_domain(conn).await } else { Ok(self.last_place()) }
    }

    /// What begins with the text is done.
    async fn first_by_domain<C: Conn>(&mut self, conn: &mut C) -> Result<SearchPlace> {
        match self.domain.clone() {
            Some(domain) if !domain.is_empty() => self.by_domain(conn, &domain, None).await,
            _ => Ok(SearchPlace::Within(None)),
        }
    }

    async fn by_domain<C: Conn>(&mut self, conn: &mut C, from: &str, after: Option<UserId>) -> Result<SearchPlace> {
        let Some(domain) = self.domain.clone() else { return Ok(SearchPlace::Within(None)) };
        let until = format!("{domain}{BEHIND}");
        let id = after.as_ref().map_or(&[][..], |id| id.as_bytes().as_slice());
        let params = [from.max(domain.as_str()).into(), Value::Blob(id), until.as_str().into(), count(CHUNK)];
        let users: Vec<User> = conn.rows(BY_DOMAIN, &params).await?;
        let is_last = users.len() < CHUNK;
        self.spend(users.len());
        let mut place = SearchPlace::Within(None);
        for user in users {
            if self.missing() == 0 {
                return Ok(place);
            }
            place = SearchPlace::Domain(domain_of(&user).to_owned(), user.id);
            if !user.email.canonical().starts_with(&self.address) {
                self.found.push((user, place.clone()));
            }
        }
        Ok(if is_last { SearchPlace::Within(None) } else { place })
    }

    async fn within<C: Conn>(&mut self, conn: &mut C, after: Option<UserId>) -> Result<Option<SearchPlace>> {
        let after = after.as_ref().map_or(&[][..], |id| id.as_bytes().as_slice());
        let last: Option<Id<UserId>> = conn.row(WINDOW, &[Value::Blob(after), count(self.budget - 1)]).await?;
        let until = last.as_ref().map_or(&GREATEST, |id| id.0.as_bytes());
        // Where no domain is asked for, the range of domains is empty.
        let domain = self.domain.as_deref().filter(|domain| !domain.is_empty());
        let (low, high) =
            domain.map_or_else(Default::default, |domain| (domain.to_owned(), format!("{domain}{BEHIND}")));
        let (pattern, end) = (contains(&self.address), format!("{}{BEHIND}", self.address));
        let params = [
            Value::Blob(after),
            until.into(),
            pattern.as_str().into(),
            self.address.as_str().into(),
            end.as_str().into(),
            low.as_str().into(),
            high.as_str().into(),
            count(self.missing()),
        ];
        let users: Vec<User> = conn.rows(WITHIN, &params).await?;
        let found = users.into_iter().map(|user| {
            let place = SearchPlace::Within(Some(user.id));
            (user, place)
        });
        self.found.extend(found);
        self.budget = 0;
        Ok(last.map(|id| SearchPlace::Within(Some(id.0))))
    }

    fn spend(&mut self, rows: usize) {
        self.budget = self.budget.saturating_sub(rows);
    }

    fn last_place(&self) -> SearchPlace {
        self.found.last().map_or(SearchPlace::Within(None), |(_, place)| place.clone())
    }
}

fn domain_of(user: &User) -> &str {
    user.email.canonical().split_once('@').map_or("", |(_, domain)| domain)
}

fn count(rows: usize) -> Value<'static> {
    Value::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// A LIKE pattern that contains `text` literally.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_are_taken_literally() {
        assert_eq!(contains("a_b%c!"), "%a!_b!%c!!%");
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let id = UserId::from_bytes([7; 16]);
        let places = [
            SearchPlace::Address("ada:x@example.com".to_owned()),
            SearchPlace::Domain("example.com".to_owned(), id),
            SearchPlace::Within(None),
            SearchPlace::Within(Some(id)),
        ];
        for place in places {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", "a", "d:x", "d:x:y", "w:x", "z:"] {
            assert_eq!(text.parse::<SearchPlace>(), Err(ParsePlaceError), "{text}");
        }
    }
}
