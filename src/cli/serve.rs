//! `throughline serve`: pages and API.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, log};
use crate::config::Listening;
use crate::features::{self, App};

/// Shows an area in the browser and serves its API.
#[derive(Args)]
#[command(after_help = "Example:\n  throughline serve --db ./calderwick --listen 127.0.0.1:8080")]
pub struct Serve {
    #[command(flatten)]
    area: AreaArgs,
    #[command(flatten)]
    listen: Listen,
}

/// Where to listen.
#[derive(Args)]
pub struct Listen {
    /// Address and port
    #[arg(long = "listen", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// A proxy in front ends TLS and is the only one who can reach this address
    #[arg(long)]
    behind_proxy: bool,
    /// Address under which browsers know this server, for example `https://throughline.example.gov.uk`; passkeys and
    /// sign-in through an agency need it
    #[arg(long = "address", value_name = "URL")]
    known_as: Option<String>,
}

impl Listen {
    /// This machine only.
    pub fn loopback(port: u16) -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port),
            behind_proxy: false,
            known_as: None,
        }
    }
}

impl Serve {
    pub fn run(self) -> Result<Done, Failure> {
        serve(&self.area.db, &self.listen)
    }
}

/// Serves until interrupted.
pub fn serve(db: &Path, listen: &Listen) -> Result<Done, Failure> {
    let listening =
        Listening::new(listen.address, listen.behind_proxy).map_err(|e| Failure::Use(e.to_string()))?;
    let store = Store::open(db).map_err(Failure::cannot)?;
    let app = App::new(store, db, listening.behind_proxy).map_err(Failure::cannot)?;
    let app = app.known_as(listening.known_as(listen.known_as.as_deref()));
    let app = app.map_err(|e| Failure::Use(e.to_string()))?;
    if app.site.is_none() && !app.agencies.all().is_empty() {
        return Err(Failure::Use(
            "sign-in.toml names agencies that sign their people in, and they must find the way back; say with --address how browsers know this server".to_owned(),
        ));
    }
    let app = Arc::new(app);
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::cannot)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listening.address)
            .await
            .map_err(|e| Failure::Cannot(format!("cannot listen on {}: {e}", listening.address)))?;
        println!("Listening on http://{}/", listening.address);
        let keeper = Arc::clone(&app);
        tokio::spawn(async move { keep_up(keeper).await });
        let service = features::router(app).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service)
            .with_graceful_shutdown(async {
                let _ = tokio::signal::ctrl_c().await;
            })
            .await
            .map_err(Failure::cannot)
    })?;
    Ok(Done::Clean)
}

/// Has the picture drawn again when the day has changed, a row was mended, or another program was cut off
/// before deriving. A program of its own does it, so that serving stays small and quick.
async fn keep_up(app: Arc<App>) {
    const EVERY: Duration = Duration::from_secs(60);
    loop {
        if let Err(error) = rebuild_if_needed(&app).await {
            log(&format!("the picture could not be drawn again: {error}"));
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.changed.notified() => {}
        }
    }
}

async fn rebuild_if_needed(app: &App) -> std::io::Result<()> {
    let program = std::env::current_exe()?;
    let status = tokio::process::Command::new(program)
        .args(["rebuild", "--if-needed", "--db"])
        .arg(&app.folder)
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .status()
        .await?;
    match status.success() {
        true => Ok(()),
        false => Err(std::io::Error::other("run `throughline rebuild` to see why")),
    }
}
