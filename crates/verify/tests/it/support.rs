//! Keys from nowhere, and time in the hands of the test.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_verify::{FetchError, Fetching, KeySource};

/// What a fetch answers with.
#[derive(Clone)]
pub enum Answer {
    Keys(String),
    Fails,
    Takes(Duration, String),
}

/// A source whose answers the test chooses, and whose fetches it counts.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    answer: Mutex<Answer>,
    fetches: AtomicUsize,
}

impl Source {
    pub fn new(answer: Answer) -> Self {
        Self(Arc::new(Inner { answer: Mutex::new(answer), fetches: AtomicUsize::new(0) }))
    }

    pub fn answer(&self, answer: Answer) {
        *self.0.answer.lock().expect("not poisoned") = answer;
    }

    pub fn fetches(&self) -> usize {
        self.0.fetches.load(Ordering::SeqCst)
    }
}

impl KeySource for Source {
    fn fetch(&self) -> Fetching<'_> {
        self.0.fetches.fetch_add(1, Ordering::SeqCst);
        let answer = self.0.answer.lock().expect("not poisoned").clone();
        Box::pin(async move {
            match answer {
                Answer::Keys(text) => Ok(text),
                Answer::Fails => Err(FetchError("on purpose".to_owned())),
                Answer::Takes(time, text) => {
                    tokio::time::sleep(time).await;
                    Ok(text)
                }
            }
        })
    }
}
