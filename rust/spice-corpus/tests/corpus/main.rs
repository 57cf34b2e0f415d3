//! Files in, passages out, through the public face of the crate alone. One program: linking each file alone would take
//! longer than running them.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod batches;
mod build;
mod changes;
mod compressed;
mod damage;
mod filters;
mod json_lines;
mod object_store;
mod packing;
mod parquet_files;
mod sampling;
mod text_files;
mod tokens;
mod verifying;
mod walking;
mod world;
