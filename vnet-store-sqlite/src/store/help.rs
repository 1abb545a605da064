//! Help articles.

use rusqlite::{Connection, Params, Statement, params};
use time::OffsetDateTime;
use vnet_core::async_trait;
use vnet_core::help::{Article, ArticleDraft, ArticleId, HelpQuery};
use vnet_core::id::Revision;
use vnet_core::store::HelpStore;

use super::SqliteStore;
use crate::error::{Error, Result};
use crate::row::{Columns, kept, micros};

const SEEDED: &str = "articles_seeded";

/// One row for each tag, and one for an article without tags.
macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT a.id, t.tag, a.updated_at, a.revision, a.title, a.content FROM articles a \
             LEFT JOIN article_tags t ON t.article_id = a.id ",
            $where,
            " ORDER BY a.id, t.position"
        )
    };
}

/// Reads the articles of [`select!`] that `wanted` takes.
fn read(
    statement: &mut Statement<'_>,
    params: impl Params,
    wanted: impl Fn(&ArticleDraft) -> bool,
) -> Result<Vec<Article>> {
    let mut articles: Vec<Article> = Vec::new();
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let mut columns = Columns::new(row);
        let id = ArticleId::new(columns.count()?).ok_or_else(|| columns.bad())?;
        let tag = columns.optional_text()?;
        if articles.last().is_none_or(|last| last.id != id) {
            articles.pop_if(|last| !wanted(&last.draft));
            articles.push(read_without_tags(&mut columns, id)?);
        }
        if let (Some(article), Some(tag)) = (articles.last_mut(), tag) {
            article.draft.tags.push(tag);
        }
    }
    articles.pop_if(|last| !wanted(&last.draft));
    Ok(articles)
}

fn read_without_tags(columns: &mut Columns<'_, '_>, id: ArticleId) -> Result<Article> {
    Ok(Article {
        id,
        updated_at: columns.time()?,
        revision: Revision(columns.count()?),
        draft: ArticleDraft {
            title: columns.text()?,
            content: columns.text()?,
            tags: Vec::new(),
        },
    })
}

fn insert(connection: &Connection, draft: &ArticleDraft, now: OffsetDateTime) -> Result<Article> {
    let id = connection
        .prepare_cached(
            "INSERT INTO articles (title, content, updated_at, revision) VALUES (?1, ?2, ?3, 0)",
        )?
        .insert(params![draft.title, draft.content, micros(now)])?;
    insert_tags(connection, id, &draft.tags)?;
    Ok(Article {
        id: ArticleId::new(id.cast_unsigned()).ok_or(Error::BadValue(0))?,
        draft: draft.clone(),
        updated_at: kept(now),
        revision: Revision(0),
    })
}

fn insert_tags(connection: &Connection, article: i64, tags: &[String]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO article_tags (article_id, position, tag) VALUES (?1, ?2, ?3)",
    )?;
    for (position, tag) in (0_i64..).zip(tags) {
        statement.execute(params![article, position, tag])?;
    }
    Ok(())
}

fn seed(connection: &Connection, drafts: &[ArticleDraft], now: OffsetDateTime) -> Result<bool> {
    let first_time = connection
        .prepare_cached(
            "INSERT INTO milestones (name, reached_at) VALUES (?1, ?2) \
             ON CONFLICT (name) DO NOTHING",
        )?
        .execute(params![SEEDED, micros(now)])?;
    if first_time == 0 {
        return Ok(false);
    }
    for draft in drafts {
        insert(connection, draft, now)?;
    }
    Ok(true)
}

fn update(
    connection: &Connection,
    id: ArticleId,
    draft: ArticleDraft,
    expected: Revision,
    now: OffsetDateTime,
) -> Result<Article> {
    let number = id.get().cast_signed();
    let changed = connection
        .prepare_cached(
            "UPDATE articles SET title = ?3, content = ?4, updated_at = ?5, \
             revision = revision + 1 WHERE id = ?1 AND revision = ?2",
        )?
        .execute(params![
            number,
            expected.0.cast_signed(),
            draft.title,
            draft.content,
            micros(now),
        ])?;
    if changed == 0 {
        let known = connection
            .prepare_cached("SELECT 1 FROM articles WHERE id = ?1")?
            .exists([number])?;
        return Err(if known {
            Error::Stale("article")
        } else {
            Error::NotFound("article")
        });
    }
    connection
        .prepare_cached("DELETE FROM article_tags WHERE article_id = ?1")?
        .execute([number])?;
    insert_tags(connection, number, &draft.tags)?;
    Ok(Article {
        id,
        draft,
        updated_at: kept(now),
        revision: expected.next(),
    })
}

#[async_trait]
impl HelpStore for SqliteStore {
    async fn seed_articles(
        &self,
        articles: &[ArticleDraft],
        now: OffsetDateTime,
    ) -> vnet_core::Result<bool> {
        let articles = articles.to_vec();
        Ok(self
            .write(move |connection| seed(connection, &articles, now))
            .await?)
    }

    async fn insert_article(
        &self,
        draft: &ArticleDraft,
        now: OffsetDateTime,
    ) -> vnet_core::Result<Article> {
        let draft = draft.clone();
        Ok(self
            .write(move |connection| insert(connection, &draft, now))
            .await?)
    }

    async fn get_article(&self, id: ArticleId) -> vnet_core::Result<Option<Article>> {
        let found = self.read(|connection| {
            let mut statement = connection.prepare_cached(select!("WHERE a.id = ?1"))?;
            read(&mut statement, [id.get().cast_signed()], |_draft| true)
        });
        Ok(found?.pop())
    }

    async fn update_article(
        &self,
        id: ArticleId,
        draft: &ArticleDraft,
        expected: Revision,
        now: OffsetDateTime,
    ) -> vnet_core::Result<Article> {
        let draft = draft.clone();
        let updated = self.write(move |connection| update(connection, id, draft, expected, now));
        Ok(updated.await?)
    }

    async fn remove_article(&self, id: ArticleId) -> vnet_core::Result<bool> {
        let removed = self.write(move |connection| {
            let mut statement = connection.prepare_cached("DELETE FROM articles WHERE id = ?1")?;
            Ok(statement.execute([id.get().cast_signed()])?)
        });
        Ok(removed.await? > 0)
    }

    async fn search_articles(&self, query: &HelpQuery) -> vnet_core::Result<Vec<Article>> {
        let query = query.clone();
        let found = self.search(move |connection| {
            let mut statement = connection.prepare_cached(select!(""))?;
            read(&mut statement, [], |draft| query.matches(draft))
        });
        Ok(found.await?)
    }
}
