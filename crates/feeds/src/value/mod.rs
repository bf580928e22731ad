//! What single cells mean: dates, names, addresses, lists of people. Pure text in, words of the domain out.

pub mod address;
pub mod date;
pub mod name;
pub mod people_list;
pub mod phrase;
