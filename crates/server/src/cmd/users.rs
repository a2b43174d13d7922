//! `hallpass users`.

use std::process::ExitCode;

use clap::Subcommand;
use hallpass_auth::Admin;
use hallpass_auth::admin::UserPatch;
use hallpass_model::page::PageRequest;
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, UserId};
use hallpass_password::Password;
use serde_json::{Value, json};

use super::failure::{Failure, Result, no_such};
use super::installation::with_installation;
use super::out::Out;
use super::prompt::{self, PasswordArgs};
use super::table::{Column, day, id, text, time, whole};
use super::{World, export, import, locks};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List users.
    List {
        /// Only those whose address contains this.
        #[arg(long)]
        query: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// Make an account.
    Create {
        /// The address.
        email: String,
        /// The role.
        #[arg(long, default_value = "user")]
        role: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// Make a password up, and print it this once.
        #[arg(long, conflicts_with = "password_stdin")]
        generate: bool,
    },
    /// Make an account without a password, and send the mail by which its owner chooses one.
    Invite {
        /// The address.
        email: String,
        /// The role.
        #[arg(long, default_value = "user")]
        role: String,
    },
    /// Change the role; live access tokens are refused at once.
    SetRole {
        /// Address or id.
        user: String,
        /// The new role.
        role: String,
    },
    /// Replace a user's password; every session ends at once.
    ///
    /// With --generate the new one is a one-time password: good for 24 hours, and replaced by its owner at the next login.
    /// Otherwise it is asked for, or read from standard input, and stays until it is changed.
    SetPassword {
        /// Address or id.
        user: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// Make a one-time password, and print it this once.
        #[arg(long, conflicts_with = "password_stdin")]
        generate: bool,
    },
    /// Shut a user out; every session ends at once.
    Suspend {
        /// Address or id.
        user: String,
    },
    /// Let a suspended user in again.
    Activate {
        /// Address or id.
        user: String,
    },
    /// Forget the failures against an address, whether an account has it or not, and end its lock.
    Unlock {
        /// Address or id.
        user: String,
    },
    /// List the locked addresses.
    Locks {
        /// Only this address.
        email: Option<String>,
    },
    /// End every session of a user.
    Logout {
        /// Address or id.
        user: String,
    },
    /// Write every user as JSON Lines, in the form that import reads.
    ///
    /// One JSON object a line, with and without --json. Import takes the lines of --with-hashes as they are; others need
    /// `password_hash` or `password` first.
    Export(export::Arguments),
    /// Take users in from a file: JSON Lines, CSV with a heading, or the export of another system.
    ///
    /// Fields of hallpass's own form: email; role (user when left out); status (active when left out, or suspended);
    /// `password_hash` or `password`; `one_time_until` (when it is a one-time password, until when it is good);
    /// `external_id` (the id of the user in the system before). What hashes are known is in docs/operating.md.
    Import(import::Arguments),
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<ExitCode> {
    // Asked for before the store is opened, so that no lock is held during a prompt.
    let password = match &command {
        Command::Create { email, role, password, generate: false } => {
            // Nor types a password twice for an address that cannot have an account.
            Email::parse(email).map_err(hallpass_auth::Error::from)?;
            parse_role(role)?;
            Some(password.read(true)?)
        }
        Command::SetPassword { password, generate: false, .. } => Some(password.read(true)?),
        _ => None,
    };
    with_installation(config, world, async |installation| {
        let admin = installation.admin();
        if let Command::Import(arguments) = command {
            return import::run(&arguments, &import::Setting { admin: &admin, config, world, out }).await;
        }
        act(command, password, &Job { admin: &admin, config, world, out }).await.map(|()| ExitCode::SUCCESS)
    })
    .await
}

/// What a command works with.
pub(super) struct Job<'a> {
    pub(super) admin: &'a Admin,
    pub(super) config: &'a Config,
    pub(super) world: &'a World,
    pub(super) out: &'a Out,
}

async fn act(command: Command, password: Option<Password>, job: &Job<'_>) -> Result<()> {
    match command {
        Command::List { query, limit } => list(query, limit, job).await,
        Command::Create { email, role, .. } => create(&email, &role, password, job).await,
        Command::Invite { email, role } => {
            let user = job.admin.invite_user(&job.world.ctx(), &email, parse_role(&role)?).await?;
            job.out
                .say(&document(&user), || format!("{} is sent an invitation, good for 7 days", user.email.as_given()))
        }
        Command::SetPassword { user, .. } => set_password(&user, password, job).await,
        Command::SetRole { user, role } => {
            let role = UserPatch { role: Some(parse_role(&role)?), ..UserPatch::default() };
            update(&user, role, job).await
        }
        Command::Suspend { user } => update(&user, status(Status::Suspended), job).await,
        Command::Activate { user } => update(&user, status(Status::Active), job).await,
        Command::Unlock { user } => locks::end(&user, job).await,
        Command::Locks { email } => locks::list(email.as_deref(), job).await,
        Command::Logout { user } => {
            let user = find(&user, job.admin).await?;
            job.admin.logout_user(&job.world.ctx(), user.id).await?;
            job.out.say(&document(&user), || format!("every session of {} has ended", user.email.as_given()))
        }
        Command::Export(arguments) => export::run(&arguments, job).await,
        Command::Import(_) => Ok(()),
    }
}

fn status(status: Status) -> UserPatch {
    UserPatch { status: Some(status), ..UserPatch::default() }
}

fn parse_role(text: &str) -> Result<Role> {
    text.parse().map_err(|_| Failure::usage(format!("`{text}` is not a role name")))
}

/// By id when it is one, else by address.
pub(super) async fn find(text: &str, admin: &Admin) -> Result<User> {
    let found = match text.parse::<UserId>() {
        Ok(id) => admin.user(id).await,
        Err(_) => admin.user_by_email(text).await,
    };
    found.map_err(|error| no_such(error, "user", text))
}

async fn update(user: &str, patch: UserPatch, job: &Job<'_>) -> Result<()> {
    let user = find(user, job.admin).await?;
    let user = job.admin.update_user(&job.world.ctx(), user.id, patch).await?;
    job.out
        .say(&document(&user), || format!("{} is {} with the role {}", user.email.as_given(), user.status, user.role))
}

async fn create(email: &str, role: &str, password: Option<Password>, job: &Job<'_>) -> Result<()> {
    let role = parse_role(role)?;
    let (password, made) = if let Some(password) = password {
        (password, None)
    } else {
        let made = prompt::generate(job.world, &job.config.auth.accounts)?;
        (Password::from(made.to_string()), Some(made))
    };
    let user = job.admin.create_user(&job.world.ctx(), email, password, role).await?;
    let mut shown = document(&user);
    if let Some(made) = &made {
        shown["password"] = made.as_str().into();
    }
    job.out.say(&shown, || {
        let password = made.as_ref().map(|made| format!("\npassword  {}   (shown this once)", made.as_str()));
        format!("{} may log in with the role {}{}", user.email.as_given(), user.role, password.unwrap_or_default())
    })
}

/// Sets the password that was given, or else a one-time password.
async fn set_password(user: &str, password: Option<Password>, job: &Job<'_>) -> Result<()> {
    let user = find(user, job.admin).await?;
    let ctx = job.world.ctx();
    let mut shown = document(&user);
    let Some(password) = password else {
        let made = job.admin.reset_password(&ctx, user.id).await?;
        let (password, until) = (made.password.as_str(), made.expires_at.to_string());
        shown["password"] = password.into();
        shown["password_expires_at"] = until.as_str().into();
        let words = format!(
            "one-time password  {password}   (for {}, good until {until}, shown this once)",
            user.email.as_given()
        );
        return job.out.say(&shown, || words);
    };
    job.admin.set_password(&ctx, user.id, password).await?;
    job.out.say(&shown, || format!("{} has the new password; every session has ended", user.email.as_given()))
}

async fn list(query: Option<String>, limit: u32, job: &Job<'_>) -> Result<()> {
    let (users, has_more) = found(query, limit, job.admin).await?;
    let documents: Vec<Value> = users.iter().map(document).collect();
    job.out.table(&documents, &COLUMNS, users.iter().map(row))?;
    if has_more {
        job.out.note("there are more: raise --limit, or narrow with --query");
    }
    Ok(())
}

/// Users, and whether there are more. A search goes on until it has enough of them, or has read all.
async fn found(query: Option<String>, limit: u32, admin: &Admin) -> Result<(Vec<User>, bool)> {
    let Some(query) = query.filter(|query| !query.is_empty()) else {
        let page = admin.users(PageRequest { after: None, limit }).await?;
        return Ok((page.items, page.next.is_some()));
    };
    let (mut users, mut after) = (Vec::new(), None);
    loop {
        let left = limit.saturating_sub(u32::try_from(users.len()).unwrap_or(u32::MAX));
        let page = admin.search_users(query.clone(), PageRequest { after, limit: left }).await?;
        users.extend(page.items);
        after = page.next;
        if after.is_none() || users.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            return Ok((users, after.is_some()));
        }
    }
}

pub(super) fn document(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "email": user.email.as_given(),
        "role": user.role.as_str(),
        "status": user.status.as_str(),
        "created_at": user.created_at.to_string(),
        "last_login_at": user.last_login_at.map(|at| at.to_string()),
    })
}

const COLUMNS: [Column; 6] =
    [id("id").leaves(2), text("email"), whole("role"), whole("status"), day("created").leaves(1), time("last login")];

fn row(user: &User) -> [String; 6] {
    let last = user.last_login_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let (role, status) = (user.role.to_string(), user.status.to_string());
    [user.id.to_string(), user.email.as_given().to_owned(), role, status, user.created_at.to_string(), last]
}
