//! Whatever is inserted in whatever order, and whatever the clock does: the set says what a plain list says.

use hallpass_revocation::{Presented, Set, Subject};
use proptest::prelude::*;

type Named = Subject<u8, u8>;

/// A list that is searched from one end to the other.
#[derive(Debug, Default)]
struct Plain {
    entries: Vec<(Named, i64)>,
    dropped: Vec<i64>,
}

impl Plain {
    /// The latest end of what names the same token, session or user.
    fn end_of(&self, subject: &Named) -> i64 {
        let same = self.entries.iter().filter(|(other, _)| is_same(other, subject));
        same.map(|(_, end)| *end).max().expect("it is an entry")
    }

    fn expire(&mut self, now: i64) {
        let has_ended = |(subject, _): &(Named, i64)| self.end_of(subject) <= now;
        let (ended, kept): (Vec<_>, Vec<_>) = self.entries.iter().cloned().partition(has_ended);
        self.entries = kept;
        self.dropped.extend(ended.iter().map(|(_, end)| *end));
    }

    fn refuses(&self, id: u8, issued_at: i64) -> bool {
        self.entries.iter().any(|(subject, _)| match subject {
            Subject::Token(jti) => *jti == id.to_string(),
            Subject::Session(session) => *session == id,
            Subject::User { user, issued_before } => *user == id && issued_at < *issued_before,
        })
    }
}

fn is_same(one: &Named, other: &Named) -> bool {
    one.kind() == other.kind() && one.id() == other.id()
}

#[derive(Debug, Clone)]
enum Step {
    Insert(Named, i64),
    Expire(i64),
}

fn subject() -> impl Strategy<Value = Named> {
    let id = 0u8..4;
    prop_oneof![
        id.clone().prop_map(|id| Subject::Token(id.to_string())),
        id.clone().prop_map(Subject::Session),
        (id, 0i64..50).prop_map(|(user, issued_before)| Subject::User { user, issued_before }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (subject(), 0i64..60).prop_map(|(subject, until)| Step::Insert(subject, until)),
        1 => (0i64..60).prop_map(Step::Expire),
    ]
}

fn refuses(set: &Set<u8, u8, i64, i64>, id: u8, issued_at: i64) -> bool {
    set.refuses(&Presented { token: Some(&id.to_string()), session: Some(&id), user: &id, issued_at })
}

proptest! {
    #[test]
    fn the_set_refuses_and_remembers_what_a_plain_list_does(steps in prop::collection::vec(step(), 0..60)) {
        let (mut set, mut plain) = (Set::<u8, u8, i64, i64>::default(), Plain::default());
        for step in steps {
            match step {
                Step::Insert(subject, until) => {
                    plain.entries.push((subject.clone(), until));
                    set.insert(subject.clone(), until);
                    prop_assert!(set.covers(&subject, until));
                }
                Step::Expire(now) => {
                    plain.expire(now);
                    let before = set.len();
                    prop_assert_eq!(set.expire(now), before - set.len());
                }
            }
            for id in 0..4 {
                for issued_at in [-1, 10, 25, 49, 50] {
                    prop_assert_eq!(refuses(&set, id, issued_at), plain.refuses(id, issued_at), "{} at {}", id, issued_at);
                }
            }
            for now in 0..60 {
                prop_assert_eq!(set.is_whole_at(now), plain.dropped.iter().all(|end| *end <= now), "at {}", now);
            }
        }
    }

    /// Any order and any repetition of the same entries refuses the same, for as long.
    #[test]
    fn the_order_of_entries_does_not_matter(
        entries in prop::collection::vec((subject(), 0i64..60), 0..20),
        again in prop::collection::vec(0usize..20, 0..20),
        now in 0i64..60,
    ) {
        let (mut forth, mut back) = (Set::<u8, u8, i64, i64>::default(), Set::<u8, u8, i64, i64>::default());
        for (subject, until) in &entries {
            forth.insert(subject.clone(), *until);
        }
        let repeated = again.iter().filter_map(|index| entries.get(*index));
        for (subject, until) in repeated.chain(entries.iter().rev()) {
            back.insert(subject.clone(), *until);
        }
        forth.expire(now);
        back.expire(now);
        prop_assert_eq!(forth.len(), back.len());
        for (id, issued_at) in (0..4).flat_map(|id| (-1..51).map(move |at| (id, at))) {
            prop_assert_eq!(refuses(&forth, id, issued_at), refuses(&back, id, issued_at));
        }
    }
}

#[test]
fn what_was_dropped_makes_the_set_incomplete_for_a_clock_that_was_set_back_until_it_is_read_again() {
    let mut set = Set::<u8, u8, i64, i64>::default();
    set.insert(Subject::Session(1), 10);
    set.insert(Subject::Session(2), 20);
    assert_eq!(set.expire(15), 1);
    assert!(set.is_whole_at(10) && !set.is_whole_at(9));
    set.complete();
    assert!(set.is_whole_at(9));
}

#[test]
fn an_entry_covers_only_what_it_refuses_for_as_long() {
    let mut set = Set::<u8, u8, i64, i64>::default();
    let before = |issued_before| Subject::User { user: 1, issued_before };
    set.insert(before(100), 20);
    assert!(set.covers(&before(100), 20) && set.covers(&before(99), 19));
    assert!(!set.covers(&before(101), 20) && !set.covers(&before(100), 21));
    assert!(!set.covers(&Subject::Session(1), 1) && !set.covers(&Subject::Token("1".to_owned()), 1));
}
