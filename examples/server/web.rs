//! What people meet in: the settings, and which front end they come to.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use vnet::core::web::FrontEnd;
use vnet::http::HttpConfig;
use vnet::web::{Embedded, FolderFrontEnd};

use crate::banner::Carrier;
use crate::data_dir::DataDir;

/// The front end.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Front end")]
pub(crate) struct Web {
    /// Folder with another front end than the one in this program, such as vnet-web/dist while it is
    /// being developed: what Vite builds, with its manifest.json; read anew each time [default: none]
    #[arg(long, env = "VNET_WEB_DIR", value_name = "DIR")]
    web_dir: Option<PathBuf>,
    /// One plain page for meetings in the place of the front end
    #[arg(long, env = "VNET_PLAIN_PAGES", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new(), conflicts_with = "web_dir")]
    plain_pages: bool,
    /// Folder with the module for meetings on Azure that scripts/build-acs-web makes [default: acs-web in
    /// the data folder; if there is none, ./vnet-web/acs-dist]
    #[arg(long, env = "VNET_ACS_WEB", value_name = "DIR")]
    acs_web: Option<PathBuf>,
}

impl Web {
    /// Adds the front end to the settings of the pages.
    pub(crate) fn add_to(&self, http: HttpConfig, carrier: &Carrier, data: &DataDir) -> HttpConfig {
        let http = http.with_front_end(self.front_end());
        match carrier {
            Carrier::Acs(_) => http.with_acs_module(Some(self.acs_module(data))),
            Carrier::Local(_) => http,
        }
    }

    fn front_end(&self) -> Option<Arc<dyn FrontEnd>> {
        if self.plain_pages {
            return None;
        }
        if let Some(folder) = &self.web_dir {
            return Some(Arc::new(FolderFrontEnd::new(folder)));
        }
        match Embedded::new() {
            Ok(front_end) => Some(Arc::new(front_end)),
            Err(error) => {
                tracing::warn!(%error, "this program has no front end in it: there are plain pages only");
                None
            }
        }
    }

    fn acs_module(&self, data: &DataDir) -> PathBuf {
        if let Some(folder) = &self.acs_web {
            return folder.clone();
        }
        let beside_data = data.path().join("acs-web");
        let built_here = PathBuf::from("./vnet-web/acs-dist");
        match !beside_data.exists() && built_here.exists() {
            true => built_here,
            false => beside_data,
        }
    }
}
