//! Pages: each answers one question (its module says which), from a model that routes fill.
//!
//! Addresses that pages lead to. Ids, codes and dates only; what people look for is sent in the body.
//!
//! | address | page |
//! |---|---|
//! | `/` | [`today`] |
//! | `/search` (GET empty, POST `query`) | [`search`] |
//! | `/family/{id}` | [`family`] |
//! | `/person/{id}`; POST `/person/{id}/reveal` (`kept`, `reason`) | [`person`] |
//! | `/person/{id}/why` | [`why`] |
//! | `/person/{id}/part?proposed=`, `/person/{id}/protect`; POST there (a field for each record, `reason`, `step`) | [`part`] |
//! | `/links?page=&done=`, `/links/{id}`; POST there (`verdict`, `reason`) | [`links`], [`pair`] |
//! | `/links/proposal/{seq}`; POST there (`answer`, `reason`) | [`proposal`] |
//! | `/can-i-share`; POST there (words of sharing requests) | [`share`] |
//! | `/requests?done=`, `/requests/ask`, `/person/{id}/ask`; POST there | [`requests`] |
//! | `/request/{seq}`; POST there (a field for each person and kind of data, `reason`, `step`); POST `/withdraw` | [`requests`] |
//! | `/request/{seq}/copy`; POST there is the receipt | [`requests`] |
//! | `/releases?done=`, `/release/{seq}`; POST there (`answer`, `reason`) | [`releases`] |
//! | `/harm?page=`, `/harm/{id}` | [`harm`] |
//! | `/children?which=all,missing,unborn&page=`, `/child/{id}` | [`children`], [`child`] |
//! | `/incident/{seq}`: any fact that tells of the incident | [`incident`] |
//! | `/fact/{seq}` | [`fact`] |
//! | `/incoming`, `/quarantine?feed=&page=`; POST `/quarantine/retry` | [`incoming`] |
//! | `/quarantine/{seq}`; POST there (`text`, `why`, `how`) | [`incoming`] |
//! | `/looked`, `/looked/mine`, `/looked/person/{id}`, `/looked/worker/{user}`; POST `/looked/review`, `/looked/let-go-on` | [`looked`] |
//! | `/person/{id}/break-glass`; POST there (`reason`) | [`glass`] |
//! | `/directory?need=` | [`directory`] |
//! | `/sign-in` (POST `user`; POST `/sign-in/password`), POST `/sign-out`, `/hidden` | [`plain`], [`account`] |
//! | `/sign-in/code`, `/account`, `/account/…`, `/draft` | [`account`] |
//! | `/staff`, `/staff/new`, `/staff/{user}` | [`staff`] |
//! | `/help`, `/accessibility`, `/privacy`, `/cookies`, `/about-the-api` | [`plain`] |
//!
//! A chronology adds `person`, `agency`, `kind`, `as_known_on`, `known_to` and `page` to its page's address. Every
//! POST sends `form_token`.

pub mod account;
pub mod became;
pub mod calendar;
pub mod child;
pub mod children;
pub mod chronology;
pub mod directory;
pub mod fact;
pub mod family;
pub mod frame;
pub mod glass;
pub mod harm;
pub mod incident;
pub mod incoming;
#[cfg(test)]
mod invented;
pub mod kept_place;
pub mod links;
pub mod looked;
pub mod next_family;
pub mod pager;
pub mod pair;
pub mod papers;
pub mod part;
pub mod passkeys;
pub mod pattern;
pub mod person;
pub mod plain;
pub mod proposal;
pub mod releases;
pub mod requests;
pub mod risk;
pub mod search;
pub mod share;
pub mod staff;
pub mod stage;
#[cfg(test)]
mod tests;
pub mod today;
pub mod why;
pub mod work;
