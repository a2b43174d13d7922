//! The lines, with what is known of the request that a task answers meanwhile.

use std::fmt;

use hallpass_http::layer::current_request;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{self, FormatEvent, FormatFields, Json, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// For people: the instant, the level, the request, spans, the target, the fields.
pub(super) struct Text;

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        SystemTime.format_time(&mut out)?;
        write!(out, " {:>5} ", metadata.level())?;
        if let Some(request) = current_request() {
            let fields: Vec<String> = request.iter().map(field).collect();
            write!(out, "request{{{}}}: ", fields.join(" "))?;
        }
        for span in ctx.event_scope().into_iter().flat_map(Scope::from_root) {
            write!(out, "{}", span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                write!(out, "{{{fields}}}")?;
            }
            write!(out, ": ")?;
        }
        write!(out, "{}: ", metadata.target())?;
        ctx.field_format().format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

/// Texts are quoted, as in the fields of the line itself.
fn field((name, value): &(&'static str, String)) -> String {
    if matches!(*name, "request_id" | "route") { format!("{name}={value:?}") } else { format!("{name}={value}") }
}

/// For machines: one object a line. What is known of the request is in `span`.
pub(super) struct Object(format::Format<Json>);

impl Object {
    pub(super) fn new() -> Self {
        Self(format::format().json().flatten_event(true).with_span_list(false))
    }
}

impl<S, N> FormatEvent<S, N> for Object
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // A span of its own, as that of a sandbox, is in `span` itself.
        let request = current_request().filter(|_| ctx.lookup_current().is_none());
        let Some(request) = request else { return self.0.format_event(ctx, out, event) };
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        let mut span: serde_json::Map<_, _> =
            request.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        span.insert("name".to_owned(), "request".into());
        let line = line.trim_end();
        let line = line.strip_suffix('}').unwrap_or(line);
        writeln!(out, "{line},\"span\":{}}}", serde_json::Value::Object(span))
    }
}
