//! Signing in without a password.

use super::*;

/// What the browser keeps that has asked.
struct Asked {
    cookie: String,
    digits: String,
}

async fn ask(client: &mut Client, email: &str) -> Asked {
    let answer = client.post("/auth/magic").json(json!({"email": email})).send().await.expect(202);
    let cookie = answer.header("set-cookie").expect("a cookie");
    for attribute in ["__Host-hp_flow=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/;", "Max-Age=600"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    Asked { cookie, digits: answer.json()["digits"].as_str().expect("digits").to_owned() }
}

async fn confirm(client: &mut Client, asked: Option<&Asked>, body: Value) -> Answer {
    let call = client.post("/auth/magic/confirm").without_cookie();
    let call = match asked {
        Some(asked) => call.header("cookie", &asked.cookie),
        None => call,
    };
    call.json(body).send().await
}

fn wrong(digits: &str) -> &'static str {
    if digits == "0000" { "0001" } else { "0000" }
}

#[tokio::test]
async fn the_link_signs_in_once_in_the_browser_that_asked_for_it() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    let mut browser = server.client();
    let asked = ask(&mut browser, "Ada@Example.com").await;
    let mail = newest_to(&server, ADA).await;
    assert!(mail.subject.starts_with("Sign in") && mail.text.contains("/#link=hpm_"), "{mail:?}");
    let answer = confirm(&mut browser, Some(&asked), json!({"token": mail.token})).await.expect(200);
    assert_eq!(answer.json()["user"]["email"], ADA);
    let cleared = answer.cookies().into_iter().any(|cookie| cookie.name == "__Host-hp_flow" && cookie.value.is_empty());
    assert!(cleared, "what was needed once is cleared");
    assert!(answer.refresh_cookie().is_some());
    browser.me().await.expect(200);
    confirm(&mut browser, Some(&asked), json!({"token": mail.token})).await.refused(400, "unfit_code");
    browser.login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_code_signs_in_in_the_browser_that_asked_for_it_and_in_no_other() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    let mut browser = server.client();
    let asked = ask(&mut browser, ADA).await;
    let mail = newest_to(&server, ADA).await;
    let body = json!({"email": ADA, "code": mail.code});
    let with_digits = json!({"email": ADA, "code": mail.code, "digits": asked.digits});
    let mut other = server.client_at("198.51.100.1");
    confirm(&mut other, None, body.clone()).await.refused(400, "unfit_code");
    confirm(&mut other, None, with_digits).await.refused(400, "unfit_code");
    confirm(&mut browser, Some(&asked), body).await.expect(200);
}

#[tokio::test]
async fn a_program_that_follows_the_link_or_presses_its_button_neither_gets_in_nor_uses_it_up() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    let mut browser = server.client();
    let asked = ask(&mut browser, ADA).await;
    let mail = newest_to(&server, ADA).await;
    let mut scanner = server.client_at("198.51.100.66");
    for _ in 0..3 {
        scanner.get("/").send().await.expect(200);
        confirm(&mut scanner, None, json!({"token": mail.token})).await.refused(400, "unfit_code");
    }
    let stranger = ask(&mut scanner, "eve@example.com").await;
    for _ in 0..6 {
        server.advance(Duration::from_secs(1));
        confirm(&mut scanner, Some(&stranger), json!({"token": mail.token})).await.refused(400, "unfit_code");
    }
    confirm(&mut browser, Some(&asked), json!({"token": mail.token})).await.expect(200);
}

#[tokio::test]
async fn in_another_browser_the_link_needs_the_digits_that_the_first_one_shows() {
    let server = TestServer::with(|setup| setup.settings.rules.mail.max = 1000).await;
    verified(&server, ADA).await;
    let asked = ask(&mut server.client(), ADA).await;
    let mail = newest_to(&server, ADA).await;
    let mut phone = server.client_at("198.51.100.7");
    for _ in 0..4 {
        let body = json!({"token": mail.token, "digits": wrong(&asked.digits)});
        confirm(&mut phone, None, body).await.refused(400, "unfit_code");
    }
    confirm(&mut phone, None, json!({"token": mail.token, "digits": asked.digits})).await.expect(200);
    let asked = ask(&mut server.client(), ADA).await;
    let mail = newest_to(&server, ADA).await;
    for _ in 0..5 {
        let body = json!({"token": mail.token, "digits": wrong(&asked.digits)});
        confirm(&mut phone, None, body).await.refused(400, "unfit_code");
    }
    confirm(&mut phone, None, json!({"token": mail.token, "digits": asked.digits})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    let before = mails(&server).await.len();
    let mut shapes = Vec::new();
    for (email, ip) in [(ADA, "198.51.100.1"), ("nobody@example.com", "198.51.100.2")] {
        let answer = server.client_at(ip).post("/auth/magic").json(json!({"email": email})).send().await;
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        shapes.push((answer.status, names, answer.keys(), answer.text().len()));
    }
    assert_eq!(shapes[0], shapes[1]);
    assert_eq!(mails(&server).await.len(), before + 1);
}

#[tokio::test]
async fn a_lock_that_strangers_closed_keeps_the_owner_of_the_mailbox_out_of_nothing_and_a_suspension_does() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    verified(&server, ADA).await;
    for _ in 0..5 {
        server.client_at("203.0.113.9").login(ADA, "wrong horse battery").await.expect(401);
    }
    let mut browser = server.client();
    let asked = ask(&mut browser, ADA).await;
    let mail = newest_to(&server, ADA).await;
    confirm(&mut browser, Some(&asked), json!({"token": mail.token})).await.expect(200);
    let asked = ask(&mut browser, ADA).await;
    let mail = newest_to(&server, ADA).await;
    let path = format!("/admin/users/{}", server.id_of(ADA).await);
    root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    confirm(&mut browser, Some(&asked), json!({"token": mail.token})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn of_two_that_use_one_link_at_once_one_is_too_late_and_time_makes_it_void() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    let (mut one, mut two) = (server.client(), server.client());
    let asked = ask(&mut one, ADA).await;
    let mail = newest_to(&server, ADA).await;
    let (first, second) = tokio::join!(
        confirm(&mut one, Some(&asked), json!({"token": mail.token})),
        confirm(&mut two, Some(&asked), json!({"token": mail.token})),
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let asked = ask(&mut one, ADA).await;
    let mail = newest_to(&server, ADA).await;
    server.advance(Duration::from_secs(600));
    confirm(&mut one, Some(&asked), json!({"token": mail.token})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn a_value_for_one_purpose_is_worth_nothing_for_another() {
    let server = TestServer::with(|setup| setup.settings.rules.mail.max = 1000).await;
    let mut ada = user(&server, ADA).await;
    let mut browser = server.client();
    let mut tokens = Vec::new();
    tokens.push(("verify_email", newest_to(&server, ADA).await.token));
    forgot(&mut browser, ADA).await.expect(202);
    tokens.push(("reset_password", newest_to(&server, ADA).await.token));
    server.advance(Duration::from_secs(1));
    let asked = ask(&mut browser, ADA).await;
    tokens.push(("sign_in", newest_to(&server, ADA).await.token));
    for (purpose, token) in &tokens {
        if *purpose != "verify_email" {
            verify(&mut ada, json!({"token": token})).await.refused(400, "unfit_code");
        }
        if *purpose != "reset_password" {
            reset(&mut browser, json!({"token": token, "new_password": NEW})).await.refused(400, "unfit_code");
        }
        if *purpose != "sign_in" {
            confirm(&mut browser, Some(&asked), json!({"token": token})).await.refused(400, "unfit_code");
        }
        let undo = browser.post("/auth/email/undo").json(json!({"token": token})).send().await;
        undo.refused(400, "unfit_code");
        let login = json!({"email": ADA, "password": token});
        server.client_at("198.51.100.3").post("/auth/login").json(login).send().await.expect(401);
    }
}
