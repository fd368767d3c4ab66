//! Bad input, told clearly: whatever file or option is given, the program ends with an answer or an
//! error that names file and line, never with a panic, and leaves nothing half behind.

mod columns;
mod containers;
mod counting;
mod desk;
mod folders;
mod lines;
mod mutation;
mod untrusted;
