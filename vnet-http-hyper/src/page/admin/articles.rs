//! `/admin/help/`

use http::StatusCode;
use serde::Serialize;
use vnet_core::ErrorKind;
use vnet_core::help::{Article, ArticleDraft, ArticleId};
use vnet_core::id::Revision;

use super::Desk;
use crate::body::Payload;
use crate::error::HttpError;
use crate::form::Form;
use crate::page::markdown;
use crate::page::view::{ArticleView, FormView};
use crate::reply::Response;

#[derive(Serialize)]
struct List {
    tab: &'static str,
    notice: Option<&'static str>,
    articles: Vec<ArticleView>,
}

/// GET of the list.
pub(super) async fn list(desk: &Desk<'_>) -> Result<Response, HttpError> {
    let visit = desk.visit;
    visit.only_read()?;
    let articles = desk.staff.articles().await?;
    let view = List {
        tab: "help",
        notice: match visit.query("done").as_deref() {
            Some("created") => Some("The article was published."),
            Some("changed") => Some("The article was changed."),
            Some("deleted") => Some("The article was deleted."),
            _ => None,
        },
        articles: articles
            .iter()
            .map(|article| ArticleView::brief(article, visit.prefix(), visit.offset()))
            .collect(),
    };
    visit.page(StatusCode::OK, "admin/articles.html", "admin", &view)
}

#[derive(Serialize)]
struct Edit {
    tab: &'static str,
    form: FormView,
    /// The article that is changed; none yet if it is new.
    number: Option<u64>,
    /// The text as readers will see it.
    preview: Option<String>,
}

fn page(
    desk: &Desk<'_>,
    form: FormView,
    number: Option<ArticleId>,
    preview: Option<String>,
) -> Result<Response, HttpError> {
    let view = Edit {
        tab: "help",
        form,
        number: number.map(ArticleId::get),
        preview,
    };
    desk.visit
        .page(StatusCode::OK, "admin/article.html", "admin", &view)
}

fn kept(typed: &Form) -> FormView {
    ["title", "content", "tags", "revision"]
        .into_iter()
        .fold(FormView::new("article"), |form, field| {
            form.with_value(field, typed.text(field).replace("\r\n", "\n"))
        })
}

/// What is to be saved; or the page again, with a preview or with what is wrong.
fn read(
    desk: &Desk<'_>,
    typed: &Form,
    number: Option<ArticleId>,
) -> Result<Result<ArticleDraft, Response>, HttpError> {
    let draft = ArticleDraft::parse(
        typed.text("title"),
        typed.text("content"),
        typed.text("tags"),
    );
    let preview = || markdown::to_html(typed.text("content"), desk.visit.prefix());
    match draft {
        Ok(draft) if typed.text("action") != "preview" => Ok(Ok(draft)),
        Ok(_draft) => page(desk, kept(typed), number, Some(preview())).map(Err),
        Err(errors) => {
            let wanted = (typed.text("action") == "preview").then(preview);
            page(desk, kept(typed).with_errors(&errors), number, wanted).map(Err)
        }
    }
}

/// GET and POST of a new article.
pub(super) async fn create(desk: &Desk<'_>, body: Payload) -> Result<Response, HttpError> {
    if !desk.visit.read_or_post()? {
        return page(desk, FormView::new("article"), None, None);
    }
    let typed = desk.visit.form(body).await?;
    match read(desk, &typed, None)? {
        Ok(draft) => {
            desk.staff.create_article(&draft).await?;
            Ok(desk.visit.see("/admin/help/?done=created"))
        }
        Err(response) => Ok(response),
    }
}

fn filled(article: &Article) -> FormView {
    FormView::new("article")
        .with_value("title", &article.draft.title)
        .with_value("content", &article.draft.content)
        .with_value("tags", article.draft.tags.join(", "))
        .with_value("revision", article.revision.0.to_string())
}

/// GET and POST of one article.
pub(super) async fn edit(
    desk: &Desk<'_>,
    number: &str,
    body: Payload,
) -> Result<Response, HttpError> {
    let is_post = desk.visit.read_or_post()?;
    let id: ArticleId = number
        .parse()
        .map_err(|_no_number| HttpError::not_found())?;
    let article = desk.visit.vnet().help_article(id).await?;
    if !is_post {
        return page(desk, filled(&article), Some(id), None);
    }
    let typed = desk.visit.form(body).await?;
    let draft = match read(desk, &typed, Some(id))? {
        Ok(draft) => draft,
        Err(response) => return Ok(response),
    };
    let read = typed.text("revision").parse().map(Revision);
    let read = read.map_err(|_no_number| HttpError::bad_request("The form has no revision."))?;
    match desk.staff.update_article(id, &draft, read).await {
        Ok(_article) => Ok(desk.visit.see("/admin/help/?done=changed")),
        Err(error) if error.kind() == ErrorKind::Conflict => {
            let form = kept(&typed)
                .with_value("revision", article.revision.0.to_string())
                .with_message(
                    "Somebody else changed this article meanwhile. Your text is below and not saved; \
                     saving it now replaces theirs.",
                );
            page(desk, form, Some(id), None)
        }
        Err(error) => Err(error.into()),
    }
}

/// POST that deletes one article.
pub(super) async fn delete(desk: &Desk<'_>, number: &str) -> Result<Response, HttpError> {
    desk.visit.only_post()?;
    let id: ArticleId = number
        .parse()
        .map_err(|_no_number| HttpError::not_found())?;
    if desk.staff.delete_article(id).await? {
        Ok(desk.visit.see("/admin/help/?done=deleted"))
    } else {
        Err(HttpError::not_found())
    }
}
