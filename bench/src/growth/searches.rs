//! An admin who looks around among users.

use std::path::Path;
use std::time::{Duration, Instant};

use base64_simd::URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::Value;

use super::Growth;
use super::ground::{Ground, Served};
use super::report::Report;
use super::turns::in_turns;
use crate::Outcome;
use crate::installation::Place;
use crate::load;
use crate::server::Server;

struct Searched {
    served: Served,
    /// The admin's token.
    bearer: String,
    /// The id of the user in the middle of the list.
    middle: String,
}

/// What the admin asks for.
#[derive(Clone, Copy)]
enum Page {
    First,
    Middle,
    /// Addresses that every user has a part of.
    Common,
    /// An address that one user has, the last of the list.
    Rare,
}

impl Page {
    const ALL: [Self; 4] = [Self::First, Self::Middle, Self::Common, Self::Rare];

    const fn name(self) -> &'static str {
        match self {
            Self::First => "list, first page",
            Self::Middle => "list, middle",
            Self::Common => "search, all match",
            Self::Rare => "search, one matches",
        }
    }

    fn query(self, searched: &Searched) -> String {
        match self {
            Self::First => String::new(),
            Self::Middle => format!("?cursor={}", URL_SAFE_NO_PAD.encode_to_string(&searched.middle)),
            Self::Common => "?q=example".to_owned(),
            Self::Rare => format!("?q={}", load::email(searched.served.size - 1)),
        }
    }

    const fn items(self) -> usize {
        match self {
            Self::First | Self::Middle | Self::Common => 50,
            Self::Rare => 1,
        }
    }
}

pub(super) async fn measure(binary: &Path, wanted: &Growth, report: &mut Report) -> Outcome<()> {
    let (ground, http) = (Ground::new(wanted.postgres)?, Client::builder().no_proxy().build()?);
    let (mut all, mut sizes) = (Vec::new(), wanted.users.clone());
    sizes.sort_unstable();
    for size in sizes {
        all.push(searched(binary, &http, (ground.place(size), size)).await?);
    }
    Report::heading("users");
    for page in Page::ALL {
        let turn = async |searched: &mut Searched, count| turn(searched, &http, (page, count)).await;
        let figures = in_turns(&mut all, wanted.searches, turn).await?;
        let sizes = all.iter().map(|searched| searched.served.size);
        report.add(page.name(), 1, &sizes.zip(figures).collect::<Vec<_>>());
    }
    let installations = all.iter().map(|searched| searched.served.installation());
    report.add_installations("users", installations.collect::<Outcome<_>>()?);
    Ok(())
}

async fn searched(binary: &Path, http: &Client, (place, size): (Place, usize)) -> Outcome<Searched> {
    // Only an installation without users makes an admin by itself.
    let admin = Server::start(binary, &place, &[])?.first_admin().ok_or("no first admin")?;
    let loaded = load::users(binary, &place, size).await?;
    let middle = loaded.user(size / 2).to_string();
    let served = Served::start(binary, place, (size, &loaded)).await?;
    let answer = http.post(served.server.url("/auth/login")).json(&admin).send().await?.error_for_status()?;
    let made: Value = answer.json().await?;
    let bearer = made["access_token"].as_str().ok_or("no token")?.to_owned();
    Ok(Searched { served, bearer, middle })
}

async fn turn(searched: &mut Searched, http: &Client, (page, count): (Page, usize)) -> Outcome<Vec<Duration>> {
    let url = searched.served.server.url("/admin/users") + &page.query(searched);
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let begun = Instant::now();
        let answer = http.get(&url).bearer_auth(&searched.bearer).send().await?.error_for_status()?;
        let found: Value = answer.json().await?;
        times.push(begun.elapsed());
        if found["items"].as_array().map(Vec::len) != Some(page.items()) {
            return Err(format!("{}: another number of users than expected", page.name()).into());
        }
    }
    Ok(times)
}
