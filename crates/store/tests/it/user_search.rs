//! Users, searched by a part of their address: which come first, and that no page reads more than it may.

use hallpass_model::page::PageRequest;
use hallpass_model::{Email, Role, UserId};
use hallpass_store::op::{self, NewUser, SearchPlace};

use crate::support::{World, act, at};

fn id(n: u32) -> UserId {
    let [.., a, b, c] = n.to_be_bytes();
    UserId::new(at(0), [0, 0, 0, 0, 0, 0, 0, a, b, c])
}

async fn with(addresses: impl Iterator<Item = String>) -> World {
    let world = World::new().await;
    let user = |(n, address): (usize, String)| {
        let email = Email::parse(&address).expect("an address");
        NewUser::new(id(u32::try_from(n).expect("few")), email, Role::user(), "$2b$hash".to_owned())
    };
    let users: Vec<NewUser> = addresses.enumerate().map(user).collect();
    world.write(op::ImportUsers { act: act(0), users }).await;
    world
}

async fn page(
    world: &World,
    query: &str,
    after: Option<SearchPlace>,
    limit: u32,
) -> (Vec<String>, Option<SearchPlace>) {
    let page = PageRequest { after, limit };
    let found = world.read(op::SearchUsers { query: query.to_owned(), page, rows: 20 }).await;
    (found.items.into_iter().map(|user| user.email.as_given().to_owned()).collect(), found.next)
}

/// Every page of a search, and how many there were.
async fn all(world: &World, query: &str, limit: u32) -> (Vec<String>, usize) {
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let (items, next) = page(world, query, after, limit).await;
        assert!(items.len() <= limit as usize);
        found.extend(items);
        pages += 1;
        after = next;
        if after.is_none() {
            return (found, pages);
        }
    }
}

const SOME: [&str; 7] = [
    "zoe@ada.example",
    "adam@example.com",
    "nevada@example.org",
    "ada@example.com",
    "bob@adacore.example",
    "ada@ada.example",
    "carol@sub.ada.example",
];

#[tokio::test]
async fn what_begins_with_the_text_comes_first_then_its_domains_then_the_rest_and_nothing_twice() {
    let world = with(SOME.iter().map(|&text| text.to_owned())).await;
    let expected = [
        "ada@ada.example",
        "ada@example.com",
        "adam@example.com",
        "zoe@ada.example",
        "bob@adacore.example",
        "nevada@example.org",
        "carol@sub.ada.example",
    ];
    for limit in 1..=8 {
        assert_eq!(all(&world, "ADA", limit).await.0, expected, "{limit} a page");
    }
    assert_eq!(page(&world, "ada", None, 7).await.1, None, "a full page that is the last one says so");
}

#[tokio::test]
async fn an_at_sign_before_the_text_asks_for_domains_and_one_within_for_addresses() {
    let world = with(SOME.iter().map(|&text| text.to_owned())).await;
    assert_eq!(all(&world, "@ada", 50).await.0, ["zoe@ada.example", "ada@ada.example", "bob@adacore.example"]);
    assert_eq!(all(&world, "ada@e", 50).await.0, ["ada@example.com", "nevada@example.org"]);
    assert_eq!(all(&world, "@", 50).await.0.len(), SOME.len());
    assert_eq!(all(&world, "nobody", 50).await.0, Vec::<String>::new());
    assert_eq!(all(&world, "\u{10ffff}", 50).await.0, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_reads_so_many_rows_and_the_next_one_goes_on_behind_them() {
    let name = |n: u32| if n == 45 { "the-needle@x.example".to_owned() } else { format!("u{n}@x.example") };
    let world = with((0..50).map(name)).await;
    let (found, pages) = all(&world, "needle", 10).await;
    assert_eq!((found, pages), (vec!["the-needle@x.example".to_owned()], 3), "two windows of 20 rows hold none");
    let (found, next) = page(&world, "the-needle@x.example", None, 10).await;
    assert_eq!(found, ["the-needle@x.example"], "what begins with the text needs no walk");
    assert!(matches!(next, Some(SearchPlace::Within(Some(_)))), "{next:?}");
    assert_eq!(all(&world, "x.example", 50).await.0.len(), 50, "by domain, more than a page may read");
}

#[tokio::test]
async fn a_forged_place_leads_nowhere_but_on_in_the_list() {
    let world = with(SOME.iter().map(|&text| text.to_owned())).await;
    let elsewhere = [
        SearchPlace::Address("zzz".to_owned()),
        SearchPlace::Address(String::new()),
        SearchPlace::Domain("aaa".to_owned(), id(0)),
        SearchPlace::Domain("zzz".to_owned(), id(0)),
        SearchPlace::Within(None),
    ];
    for place in elsewhere {
        let (found, _) = page(&world, "ada", Some(place), 50).await;
        assert!(found.iter().all(|address| address.contains("ada")), "{found:?}");
    }
}
