//! What is served: the routes, and the lab if it is open.

use std::sync::Arc;

use axum::Router;
use hallpass_auth::Settings;
use hallpass_http::route;
use hallpass_http::state::AppState;
use hallpass_lab::{Lab, LabSettings};

use crate::places::PlaceFile;

/// The state of the routes, and the lab. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub state: AppState,
    pub lab: Option<Arc<Lab>>,
    /// Read again when the operator says so.
    pub places: Option<Arc<PlaceFile>>,
}

impl App {
    /// Opens the lab, if there are settings for it and for its sandboxes.
    pub fn new(state: AppState, lab: Option<(LabSettings, Settings)>) -> Self {
        Self { state, lab: lab.map(|(settings, defaults)| Arc::new(Lab::new(settings, defaults))), places: None }
    }

    /// With the file that a reload reads.
    #[must_use]
    pub fn with_places(self, places: Option<Arc<PlaceFile>>) -> Self {
        Self { places, ..self }
    }

    /// Every route; tests drive it without a socket.
    pub fn router(&self) -> Router {
        if self.state.http().is_lab_only {
            return route::lab_router(&self.state, self.of_the_lab());
        }
        route::router(&self.state, self.of_the_lab())
    }

    /// The router of the public listener when the operator's routes have a listener of their own.
    pub fn public_router(&self) -> Router {
        if self.state.http().is_lab_only {
            return route::lab_router(&self.state, self.of_the_lab());
        }
        route::public_router(&self.state, self.of_the_lab())
    }

    fn of_the_lab(&self) -> Router<AppState> {
        self.lab.as_ref().map_or_else(Router::new, |lab| hallpass_lab::router(lab, &self.state))
    }
}
