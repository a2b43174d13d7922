//! What the fields of a user mean, system by system.

use serde_json::{Value, json};

use super::{Fields, From, HashConfig, Shaped};
use crate::cmd::record::Record;

const NO_PASSWORD: &str = "the export has no password of this user";

pub(super) fn record(from: From, fields: &Fields, config: Option<&HashConfig>) -> Shaped {
    let record = match from {
        From::Keycloak => keycloak(fields),
        From::Auth0 => auth0(fields),
        From::Clerk => Ok(clerk(fields)),
        From::Firebase => Ok(firebase(fields, config)),
        From::Supabase => supabase(fields),
        From::Django => Ok(django(fields)),
        From::Wordpress | From::Csv => Ok(wordpress(fields)),
    }?;
    if record.email.is_none() {
        return Err("email is missing".to_owned());
    }
    if record.password_hash.is_none() { Err(NO_PASSWORD.to_owned()) } else { Ok(record) }
}

/// A text that is not empty; a number as its digits.
fn text(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A truth value, as JSON and PostgreSQL write it.
fn flag(fields: &Fields, name: &str) -> Option<bool> {
    match fields.get(name)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => Some(true),
            "f" | "false" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => Some(number.as_i64() != Some(0)),
        _ => None,
    }
}

fn suspended_if(is_shut_out: bool) -> Option<String> {
    is_shut_out.then(|| "suspended".to_owned())
}

/// The address, or a name that is one.
fn address(fields: &Fields, email: &str, name: &str) -> Option<String> {
    text(fields, email).or_else(|| text(fields, name).filter(|name| name.contains('@')))
}

fn keycloak(fields: &Fields) -> Shaped {
    if text(fields, "serviceAccountClientId").is_some() {
        return Err("a service account is no user".to_owned());
    }
    let credentials = fields.get("credentials").and_then(Value::as_array);
    let password = credentials.into_iter().flatten().find(|credential| credential["type"] == "password");
    let hash = password.map(|credential| {
        json!({"secretData": credential["secretData"], "credentialData": credential["credentialData"]}).to_string()
    });
    Ok(Record {
        email: address(fields, "email", "username"),
        status: suspended_if(flag(fields, "enabled") == Some(false)),
        password_hash: hash,
        external_id: text(fields, "id"),
        is_verified: flag(fields, "emailVerified"),
        ..Record::default()
    })
}

fn auth0(fields: &Fields) -> Shaped {
    let oid = fields.get("_id").and_then(|id| id.get("$oid")).and_then(Value::as_str);
    let custom = fields.get("custom_password_hash").map(custom_hash).transpose()?;
    Ok(Record {
        email: text(fields, "email"),
        status: suspended_if(flag(fields, "blocked") == Some(true)),
        password_hash: text(fields, "passwordHash").or_else(|| text(fields, "password_hash")).or(custom),
        external_id: text(fields, "user_id").or_else(|| oid.map(|oid| format!("auth0|{oid}"))),
        is_verified: flag(fields, "email_verified"),
        ..Record::default()
    })
}

/// Of `custom_password_hash` what has a text that says all, and NT.
fn custom_hash(custom: &Value) -> Result<String, String> {
    let value = custom["hash"]["value"].as_str().unwrap_or_default();
    let is_nt = custom["password"]["encoding"] == "utf16le" && custom["hash"]["encoding"] == "hex";
    match custom["algorithm"].as_str().unwrap_or_default() {
        "bcrypt" | "argon2" | "pbkdf2" | "ldap" => Ok(value.to_owned()),
        "md4" if is_nt => Ok(format!("{{NT}}{value}")),
        _ => Err("its custom_password_hash is of no algorithm that can be verified".to_owned()),
    }
}

fn clerk(fields: &Fields) -> Record {
    let email = text(fields, "primary_email_address");
    let verified = text(fields, "verified_email_addresses").unwrap_or_default();
    Record {
        is_verified: email.as_deref().map(|email| verified.split(['|', ',', ' ', '"']).any(|one| one == email)),
        email,
        status: suspended_if(flag(fields, "banned") == Some(true)),
        password_hash: text(fields, "password_digest"),
        external_id: text(fields, "id"),
        ..Record::default()
    }
}

fn firebase(fields: &Fields, config: Option<&HashConfig>) -> Record {
    let parts = text(fields, "salt").zip(text(fields, "passwordHash")).zip(config);
    Record {
        email: text(fields, "email"),
        status: suspended_if(flag(fields, "disabled") == Some(true)),
        password_hash: parts.map(|((salt, hash), config)| config.whole(&salt, &hash)),
        external_id: text(fields, "localId"),
        is_verified: flag(fields, "emailVerified"),
        ..Record::default()
    }
}

fn supabase(fields: &Fields) -> Shaped {
    if text(fields, "deleted_at").is_some() {
        return Err("the user was deleted there".to_owned());
    }
    Ok(Record {
        email: text(fields, "email"),
        // Whether a ban has ended by now is not judged here: nobody who was shut out comes in by a move.
        status: suspended_if(text(fields, "banned_until").is_some()),
        password_hash: text(fields, "encrypted_password"),
        external_id: text(fields, "id"),
        is_verified: Some(text(fields, "email_confirmed_at").is_some()),
        ..Record::default()
    })
}

/// A row of the table, or an object of `dumpdata` with the row in it.
fn django(fields: &Fields) -> Record {
    let (row, id) = match fields.get("fields") {
        Some(Value::Object(row)) => (row, text(fields, "pk")),
        _ => (fields, text(fields, "id")),
    };
    Record {
        email: address(row, "email", "username"),
        status: suspended_if(flag(row, "is_active") == Some(false)),
        // What begins so is of a user who cannot log in with a password.
        password_hash: text(row, "password").filter(|hash| !hash.starts_with('!')),
        external_id: id,
        ..Record::default()
    }
}

fn wordpress(fields: &Fields) -> Record {
    Record {
        email: text(fields, "user_email"),
        password_hash: text(fields, "user_pass"),
        external_id: text(fields, "ID"),
        ..Record::default()
    }
}
