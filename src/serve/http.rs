//! Connections: how many, how long, how large; and which question goes where.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use super::answer::{BUILD, File};
use super::builder::{LIVE_FOLDER, Message, Reply, Shared};
use super::guard::{self, Guard};
use super::lint::{Wish, Wished};
use super::status::Status;
use super::{ServeError, ServeOptions, policy, review};

/// So many connections at once. More are told to come again.
const MOST_CONNECTIONS: usize = 512;

/// So many open pages are kept up to date.
const MOST_LISTENERS: usize = 64;

/// The most that the head of a request may take, in bytes.
const MOST_HEAD: usize = 16 << 10;

/// The head of a request must be there within this time; so must the first one of a connection,
/// and each further one.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// Who takes nothing of an answer for so long is gone.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// The body of a request must be there within this time.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The most that the body of a request may take, in bytes.
const MOST_BODY: usize = 16 << 10;

/// So many connections that are refused are closed with care at the same time.
const MOST_REFUSED: usize = 128;

/// Who waits longer for a page of the review is told so.
const REVIEW_WAITING: Duration = Duration::from_secs(3);

/// Nobody waits longer for a page.
const MOST_WAITING: Duration = Duration::from_secs(60);

/// The running server.
pub(super) struct Server {
    runtime: Runtime,
    shared: Arc<Shared>,
}

#[derive(Clone)]
struct Rooms {
    shared: Arc<Shared>,
    guard: Arc<Guard>,
    listeners: Arc<AtomicUsize>,
}

impl Server {
    /// Begins to answer.
    pub(super) fn start(
        listener: TcpListener,
        options: &ServeOptions,
        send: Sender<Message>,
    ) -> Result<Server, ServeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("http")
            .enable_all()
            .build()?;
        let port = listener.local_addr()?.port();
        let token = (!options.remote).then(token);
        let shared = Arc::new(Shared::new(send.clone(), token));
        let rooms = Rooms {
            shared: Arc::clone(&shared),
            guard: Arc::new(Guard::new(&options.host, port, options.remote)),
            listeners: Arc::default(),
        };
        let router = Router::new()
            .route(&format!("/{LIVE_FOLDER}/events"), get(events))
            .route(&format!("/{LIVE_FOLDER}/live.js"), get(script))
            .route(&format!("/{LIVE_FOLDER}/live.css"), get(style))
            .route(&format!("/{LIVE_FOLDER}/report"), get(report))
            .route(&format!("/{LIVE_FOLDER}/{}", review::FOLDER), get(review_top))
            .route(&format!("/{LIVE_FOLDER}/{}/", review::FOLDER), get(review_top))
            .route(&format!("/{LIVE_FOLDER}/{}/{{*path}}", review::FOLDER), get(review_file))
            .route(&format!("/{LIVE_FOLDER}/fix"), post(fix))
            .route(&format!("/{LIVE_FOLDER}/accept"), post(accept_word))
            .fallback(file)
            .layer(middleware::from_fn_with_state(rooms.clone(), check))
            .with_state(rooms);
        listener.set_nonblocking(true)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        runtime.spawn(accept(listener, router));
        runtime.spawn(async move {
            end().await;
            // Where nobody listens any more the end has come already.
            drop(send.send(Message::Stop));
        });
        Ok(Server { runtime, shared })
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Ends all connections.
    pub(super) fn stop(self) {
        self.runtime.shutdown_timeout(Duration::from_millis(300));
    }
}

/// Waits until the process is asked to end.
async fn end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let streams = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        if let (Ok(mut interrupt), Ok(mut terminate)) = streams {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn accept(listener: tokio::net::TcpListener, router: Router) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let refusals = Arc::new(Semaphore::new(MOST_REFUSED));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Too many open files, most likely: some will be closed.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // Where even these are too many the connection ends without a word.
            if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                tokio::spawn(async move {
                    drop(timeout(Duration::from_secs(1), refuse(stream)).await);
                    drop(place);
                });
            }
            continue;
        };
        drop(stream.set_nodelay(true));
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(WRITE_TIME));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .max_buf_size(MOST_HEAD)
                .max_headers(64)
                .serve_connection(TokioIo::new(Box::pin(stream)), service);
            // A client that went away, or spoke no HTTP, is its own problem.
            drop(connection.await);
            drop(place);
        });
    }
}

/// Tells a connection that there are too many. What it has sent is read, or the system would throw
/// the answer away with it.
async fn refuse(mut stream: TcpStream) {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\
                content-length: 0\r\nretry-after: 1\r\n\r\n";
    if stream.write_all(busy.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
    }
}

/// What a page has to know to change files: nobody can guess it.
fn token() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    // Each state has keys from the system's source of randomness.
    let parts: Vec<u8> =
        (0..4u8).flat_map(|part| RandomState::new().hash_one(part).to_le_bytes()).collect();
    crate::base::ContentHash::of(&parts).to_string()
}

/// What holds for every answer.
async fn check(State(rooms): State<Rooms>, request: Request, next: Next) -> Response<Body> {
    let refused = rooms.guard.refuses(request.method(), request.uri(), request.headers());
    let mut response = match refused {
        Some(status) => plain(status),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy::STRICT));
    }
    response
}

/// An answer without much to say.
fn plain(status: StatusCode) -> Response<Body> {
    let text = format!("{}\n", status.canonical_reason().unwrap_or("refused"));
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, kind, text).into_response()
}

async fn file(State(rooms): State<Rooms>, request: Request) -> Response<Body> {
    let (method, headers) = (request.method(), request.headers());
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = match guard::path(request.uri()) {
        Ok(path) => path,
        Err(status) => return plain(status),
    };
    let answer = match rooms.shared.known(&path) {
        Some((file, build)) => Some((Reply::File(file), build)),
        None => ask(&rooms.shared, |reply| Message::Ask { path, reply }).await,
    };
    let Some((reply, build)) = answer else {
        let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    match reply {
        Reply::File(file) => file.respond(StatusCode::OK, method, headers, build),
        Reply::Absent(Some(file)) => file.respond(StatusCode::NOT_FOUND, method, headers, build),
        Reply::Absent(None) => plain(StatusCode::NOT_FOUND),
        Reply::Elsewhere(path) => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let mut response = plain(StatusCode::TEMPORARY_REDIRECT);
            let place = format!("{}{query}", crate::base::encode_path(&path));
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            response
        }
        Reply::Broken(file) => {
            file.respond(StatusCode::INTERNAL_SERVER_ERROR, method, headers, build)
        }
    }
}

/// Asks the builder, and waits.
async fn ask<T>(shared: &Shared, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
    let (reply, answer) = oneshot::channel();
    shared.send(message(reply))?;
    timeout(MOST_WAITING, answer).await.ok()?.ok()
}

async fn script(request: Request) -> Response<Body> {
    ours("live.js", include_bytes!("../../themes/default/js/live.js"), &request)
}

async fn style(request: Request) -> Response<Body> {
    ours("live.css", include_bytes!("../../themes/default/css/live.css"), &request)
}

fn ours(name: &str, bytes: &'static [u8], request: &Request) -> Response<Body> {
    let served = crate::pipeline::Served::new(Arc::from(bytes), false);
    File::new(name, served).respond(StatusCode::OK, request.method(), request.headers(), 0)
}

/// Takes one of the places for open pages, and gives it back.
struct Listener(Arc<AtomicUsize>);

impl Listener {
    fn take(count: &Arc<AtomicUsize>) -> Option<Listener> {
        let taken = count.fetch_add(1, Ordering::AcqRel);
        let listener = Listener(Arc::clone(count));
        (taken < MOST_LISTENERS).then_some(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Tells an open page what happens, from now on.
async fn events(State(rooms): State<Rooms>) -> Response<Body> {
    let Some(listener) = Listener::take(&rooms.listeners) else {
        return plain(StatusCode::SERVICE_UNAVAILABLE);
    };
    let statuses: watch::Receiver<Arc<Status>> = rooms.shared.statuses();
    let first = (statuses, true, listener);
    let stream = futures_util::stream::unfold(first, |(mut statuses, fresh, place)| async move {
        if !fresh {
            statuses.changed().await.ok()?;
        }
        let status = Arc::clone(&statuses.borrow_and_update());
        let event = Event::default().event("status").data(status.json.clone());
        Some((Ok::<_, Infallible>(event), (statuses, false, place)))
    });
    let mut response = Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
        .into_response();
    response.headers_mut().insert(BUILD, HeaderValue::from(rooms.shared.build()));
    response
}

/// What is wrong with the page that the query names by its path.
async fn report(State(rooms): State<Rooms>, request: Request) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    let path = query.split('&').find_map(|pair| pair.strip_prefix("path=")).unwrap_or("/");
    let path = crate::base::decode_percent(path).into_owned();
    let answer = ask(&rooms.shared, |reply| Message::Report { path, reply }).await;
    let kind = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    match answer {
        Some(json) => (kind, json).into_response(),
        None => plain(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The overview has one address only.
async fn review_top() -> Response<Body> {
    let mut response = plain(StatusCode::TEMPORARY_REDIRECT);
    let place = format!("/{LIVE_FOLDER}/{}/index.html", review::FOLDER);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// A file of the review.
async fn review_file(State(rooms): State<Rooms>, request: Request) -> Response<Body> {
    let (method, headers) = (request.method(), request.headers());
    let path = match guard::path(request.uri()) {
        Ok(path) => path,
        Err(status) => return plain(status),
    };
    let top = format!("/{LIVE_FOLDER}/{}/", review::FOLDER);
    let Some(path) = path.strip_prefix(&top).map(str::to_owned) else {
        return plain(StatusCode::NOT_FOUND);
    };
    if let Some(name) = path.strip_prefix("assets/") {
        let mut assets = crate::theme::review_assets().into_iter();
        return match assets.find(|(known, _)| *known == name) {
            Some((name, bytes)) => {
                let served = crate::pipeline::Served::new(Arc::from(bytes), false);
                File::new(name, served).respond(StatusCode::OK, method, headers, 0)
            }
            None => plain(StatusCode::NOT_FOUND),
        };
    }
    // Only a page can say that it is not there yet.
    let patience = if path.ends_with(".html") { REVIEW_WAITING } else { MOST_WAITING };
    let answer = ask(&rooms.shared, |reply| Message::Review { path, reply });
    match timeout(patience, answer).await {
        Ok(Some((Ok(file), number))) => file.respond(StatusCode::OK, method, headers, number),
        Ok(Some((Err(page), number))) => {
            page.respond(StatusCode::NOT_FOUND, method, headers, number)
        }
        Ok(None) => plain(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => review::waiting_page().respond(StatusCode::OK, method, headers, 0),
    }
}

/// Applies the fix of a finding.
async fn fix(State(rooms): State<Rooms>, request: Request) -> Response<Body> {
    change(&rooms, request, |wish, reply| Message::Mend { wish, reply }).await
}

/// Accepts the word that a finding is about.
async fn accept_word(State(rooms): State<Rooms>, request: Request) -> Response<Body> {
    change(&rooms, request, |wish, reply| Message::Accept { wish, reply }).await
}

/// Changes files on request of a page of ours, and of nobody else.
async fn change(
    rooms: &Rooms,
    request: Request,
    message: impl FnOnce(Wish, oneshot::Sender<Wished>) -> Message,
) -> Response<Body> {
    let Some(token) = rooms.shared.token() else { return plain(StatusCode::FORBIDDEN) };
    let headers = request.headers();
    // Where it comes from has been checked; here it has to be said.
    if !headers.contains_key(header::ORIGIN) {
        return plain(StatusCode::FORBIDDEN);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_none_or(|kind| !kind.starts_with("application/json")) {
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = match body(request).await {
        Ok(body) => body,
        Err(status) => return plain(status),
    };
    let Ok(wish) = serde_json::from_slice::<Wish>(&body) else {
        return plain(StatusCode::BAD_REQUEST);
    };
    if wish.token != token {
        return plain(StatusCode::FORBIDDEN);
    }
    match ask(&rooms.shared, |reply| message(wish, reply)).await {
        Some(Ok(())) => plain(StatusCode::OK),
        Some(Err(why)) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (StatusCode::CONFLICT, kind, why).into_response()
        }
        None => plain(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The body of a request; the error says what to answer.
async fn body(request: Request) -> Result<Bytes, StatusCode> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST_BODY as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = timeout(BODY_TIME, axum::body::to_bytes(request.into_body(), MOST_BODY)).await;
    match body {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
