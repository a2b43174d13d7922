//! What runs in this process: hallpass, the primitive and the crate `jsonwebtoken`, a batch of one after a batch of the other.

use hallpass_jose::{Alg, SigningKey};

use super::Figure;
use super::batches::{self, Work};
use super::hallpass::{self, Hallpass};
use super::jwt_crate::{self, JwtCrate};
use super::primitive::{self, Primitive};
use crate::Outcome;

const LIBRARIES: [&str; 3] = [hallpass::LIBRARY, primitive::LIBRARY, jwt_crate::LIBRARY];

/// One turn of each, with a new key.
pub(crate) fn turn(algorithm: Alg, batches: u32) -> Outcome<Vec<Figure>> {
    let key = SigningKey::generate(algorithm)?;
    let private = key.to_bytes()?;
    let (primitive, theirs) = (Primitive::new(algorithm, &private)?, JwtCrate::new(&key, &private)?);
    let ours = Hallpass::new(key)?;
    let message = ours.message().as_bytes();
    let signature = primitive.sign(message)?;
    let mut verify: [Work<'_>; 3] = [
        ours.verify(),
        primitive.verifier(algorithm, message, &signature)?,
        theirs.verify(ours.token(), ours.claims()),
    ];
    let mut sign: [Work<'_>; 3] =
        [ours.sign(), Box::new(|| drop(primitive.sign(message).expect("a signature"))), theirs.sign(ours.claims())];
    let mut hit: [Work<'_>; 1] = [ours.hit()];
    let works: [(&str, &mut [Work<'_>]); 3] = [("verify", &mut verify), ("sign", &mut sign), ("hit", &mut hit)];
    let figures = works.into_iter().flat_map(|(operation, works)| {
        let best = batches::best(works, batches);
        LIBRARIES.into_iter().zip(best).map(move |(library, us)| figure(algorithm, operation, library, us))
    });
    Ok(figures.collect())
}

fn figure(algorithm: Alg, operation: &str, library: &str, us: f64) -> Figure {
    let (algorithm, operation, library) = (algorithm.to_string(), operation.to_owned(), library.to_owned());
    Figure { algorithm, operation, library, version: None, us }
}
