//! Linkage through its public face, on invented people: families, namesakes, decisions, order and odd input.

#[cfg(test)]
mod decisions;
#[cfg(test)]
mod families;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod live;
#[cfg(test)]
mod order;
#[cfg(test)]
mod words;
