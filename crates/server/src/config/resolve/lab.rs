//! The lab: whether it is open, and how many sandboxes it may hold.

use super::origin::Issuer;
use crate::config::reader::Reader;
use crate::serve::Sockets;
use hallpass_lab::LabSettings;

/// Whether it is open, and its settings.
///
/// Where strangers come by, nothing is open that was not asked for. A listener on loopback may stand behind a proxy that
/// the world can reach: then the issuer says so.
pub(super) fn settings(
    reader: &mut Reader<'_>,
    issuer: Option<&Issuer>,
    sockets: Option<&Sockets>,
) -> Option<(bool, LabSettings)> {
    let wanted = reader.choice("lab.enabled", &[("", None), ("true", Some(true)), ("false", Some(false))]);
    let max_sandboxes = reader.number("lab.max_sandboxes", 1..=1024);
    let is_at_home = issuer?.is_loopback && sockets?.listen.is_local();
    Some((wanted?.unwrap_or(is_at_home), LabSettings { max_sandboxes: max_sandboxes? }))
}
