//! Filling templates.
//!
//! Every template is built in and can be replaced by one of the same name
//! ([`HttpConfig::with_template`]); `templates/README.md` lists names and variables.

use std::fmt;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, context, escape_formatter};
use serde::Serialize;
use vnet_core::{Error, ErrorKind, Result};

use crate::config::HttpConfig;
use crate::page::avatar::Studio;
use crate::page::view::Viewer;
use crate::static_files;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// Name and source of every built-in template.
        const BUILT_IN: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../templates/", $name)))),*
        ];
    };
}

built_in![
    "account.html",
    "admin/article.html",
    "admin/articles.html",
    "admin/frame.html",
    "admin/home.html",
    "admin/meeting-delete.html",
    "admin/meetings.html",
    "admin/user-new.html",
    "admin/user.html",
    "admin/users.html",
    "article.html",
    "error.html",
    "help.html",
    "home.html",
    "layout.html",
    "macros.html",
    "meet.html",
    "meeting-edit.html",
    "meetings.html",
    "shell.html",
    "sign-in.html",
    "sign-out.html",
    "sign-up.html",
];

/// Names that begin like this are free for templates that others include.
const OWN: &str = "own/";

/// What the frame around every page is told.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Frame {
    /// The part of the site that is marked in the bar at the top.
    pub(crate) section: &'static str,
    /// Whether search engines may list the page.
    pub(crate) indexed: bool,
    /// Who is signed in.
    #[serde(skip)]
    pub(crate) viewer: Option<Viewer>,
    /// Whether strangers may make accounts.
    #[serde(skip)]
    pub(crate) sign_up_open: bool,
}

/// The templates, ready to be filled.
pub(crate) struct Pages {
    env: Environment<'static>,
    has_front_end: bool,
    /// Where profile pictures are made.
    pub(crate) studio: Studio,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl Pages {
    /// # Errors
    /// `InvalidInput` with code `bad_template`: one of the embedder's templates has a name that is
    /// not known, or is not one.
    pub(crate) fn new(config: &HttpConfig) -> Result<Self> {
        let mut env = Environment::new();
        for (name, source) in BUILT_IN {
            add(&mut env, name, (*source).to_owned())?;
        }
        for (name, source) in &config.templates {
            if !name.starts_with(OWN) && BUILT_IN.iter().all(|(known, _)| known != name) {
                let message = format!(
                    "there is no template `{name}` to replace; names of new ones begin with `{OWN}`"
                );
                return Err(Error::new(ErrorKind::InvalidInput, "bad_template", message));
            }
            add(&mut env, name, source.clone())?;
        }
        let prefix = config.path_prefix.as_str().to_owned();
        let statics = format!("{prefix}/static/");
        env.add_function("url", move |path: &str| format!("{prefix}{path}"));
        env.add_function("static", move |name: &str| {
            format!("{statics}{}", static_files::versioned(name))
        });
        env.set_formatter(write_escaped);
        Ok(Self {
            env,
            has_front_end: config.front_end.is_some(),
            studio: Studio::default(),
        })
    }

    /// The page that `template` makes of `view` in `frame`.
    ///
    /// # Errors
    /// `Internal`: the template cannot be filled, as only a replaced one could be.
    pub(crate) fn render(
        &self,
        template: &'static str,
        frame: &Frame,
        view: &impl Serialize,
    ) -> Result<String> {
        let fail = |source| {
            Error::internal("cannot fill a page template", source)
                .with_context("template", template)
        };
        let site = context! {
            sign_up_open => frame.sign_up_open,
            front_end => self.has_front_end,
        };
        let frame = context! {
            page => Value::from(Serde(frame)),
            viewer => Value::from(Serde(&frame.viewer)),
            site => site,
        };
        let all = context! { ..Value::from(Serde(view)), ..frame };
        let template = self.env.get_template(template).map_err(fail)?;
        template.render(all).map_err(fail)
    }
}

/// Escapes what HTML needs escaped, and leaves the slashes of addresses readable.
fn write_escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> std::result::Result<(), minijinja::Error> {
    let text = match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => text,
        _ => return escape_formatter(out, state, value),
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.write_str(&rest[..at])?;
        out.write_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

fn add(env: &mut Environment<'static>, name: &str, source: String) -> Result<()> {
    env.add_template_owned(name.to_owned(), source)
        .map_err(|error| {
            let message = format!("the page template `{name}` is not valid");
            Error::new(ErrorKind::InvalidInput, "bad_template", message).with_source(error)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut found = Vec::new();
        for folder in ["", "admin/"] {
            for entry in std::fs::read_dir(root.join(folder)).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if name.ends_with(".html") {
                    found.push(format!("{folder}{name}"));
                }
            }
        }
        found.sort_unstable();
        let built_in: Vec<_> = BUILT_IN
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        assert_eq!(built_in, found);
    }

    #[test]
    fn no_template_has_a_script_or_a_style_in_it() {
        // The pages of meetings load their scripts as files of their own.
        const OWN_FILES: [&str; 2] = [
            r#"<script type="module" src="{{ static('meet.js') }}"></script>"#,
            r#"<script type="module" src="{{ script }}"></script>"#,
        ];
        for (name, source) in BUILT_IN {
            let source = OWN_FILES
                .into_iter()
                .fold((*source).to_owned(), |source, file| {
                    source.replace(file, "")
                });
            for bad in [
                "<script",
                "<style",
                " style=",
                " onclick",
                " onsubmit",
                "javascript:",
            ] {
                assert!(!source.contains(bad), "{name}: {bad}");
            }
        }
    }

    #[test]
    fn a_replaced_template_is_used_and_what_is_none_is_refused() {
        let config = HttpConfig::default()
            .with_template("own/name.html", "<{{ word }}>")
            .with_template(
                "sign-out.html",
                "{% include 'own/name.html' %} {{ url('/x/') }}",
            );
        let pages = Pages::new(&config).unwrap();
        let view = context! { word => "a<b'&\"" };
        let page = pages
            .render("sign-out.html", &Frame::default(), &view)
            .unwrap();
        assert_eq!(page, "<a&lt;b&#39;&amp;&quot;> /x/");

        for (name, source) in [("nonsense.html", "x"), ("home.html", "{% if %}")] {
            let config = HttpConfig::default().with_template(name, source);
            assert_eq!(Pages::new(&config).unwrap_err().code(), "bad_template");
        }
    }
}
