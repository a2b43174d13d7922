//! Claims cannot be made up, nor read out of a token that was not verified.
fn main() {
    let _ = hallpass_verify::Claims::<hallpass_verify::NoExtra> {
        issuer: "".into(),
        subject: "root".to_owned(),
        role: Some("admin".to_owned()),
        session: None,
        id: None,
        issued_at: 0,
        expires_at: i64::MAX,
        extra: hallpass_verify::NoExtra {},
    };
}
