#include <curl/curl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// Typed doors to curl_easy_setopt() and curl_easy_getinfo(), which are variadic
/// and so invisible to Swift. One function for each C type of argument: a wrong
/// type here would be silent damage to the stack.
static inline CURLcode shim_curl_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_curl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_curl_setopt_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_curl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode shim_curl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
typedef size_t (*shim_curl_write)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode shim_curl_setopt_write(CURL *handle, CURLoption option, shim_curl_write callback) {
  return curl_easy_setopt(handle, option, callback);
}
typedef curl_socket_t (*shim_curl_open_socket)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode shim_curl_setopt_open_socket(CURL *handle, shim_curl_open_socket callback) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
}
static inline CURLcode shim_curl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

typedef int (*shim_curl_before_request)(void *context, char *remote, char *local, int remote_port, int local_port);
static inline CURLcode shim_curl_setopt_before_request(CURL *handle, shim_curl_before_request callback) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
}
static inline CURLMcode shim_curl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/// Told which sockets to watch, and until when to come back without one.
typedef int (*shim_curl_watch)(CURL *handle, curl_socket_t socket, int what, void *context, void *own);
typedef int (*shim_curl_timer)(CURLM *multi, long milliseconds, void *context);
static inline CURLMcode shim_curl_multi_setopt_watch(CURLM *multi, shim_curl_watch callback, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback) : code;
}
static inline CURLMcode shim_curl_multi_setopt_timer(CURLM *multi, shim_curl_timer callback, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback) : code;
}

/// The result of a message that says CURLMSG_DONE; a union, which Swift reads clumsily.
static inline CURLcode shim_curl_result(const CURLMsg *message) { return message->data.result; }

/// CURL_GLOBAL_DEFAULT is an expression macro, which Swift does not import.
static inline CURLcode shim_curl_global_init(void) {
  return curl_global_init(CURL_GLOBAL_DEFAULT);
}

/// Which clang module owns the names SOCK_… differs between dynamic and static builds.
static const int shim_socket_stream = SOCK_STREAM;
static const int shim_socket_close_on_exec = SOCK_CLOEXEC;

/// Watches a socket for what curl asks for; the data that comes back is the socket's number.
static inline int shim_epoll_watch(int queue, int socket, int what) {
  struct epoll_event event = {.data.fd = socket};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(queue, EPOLL_CTL_MOD, socket, &event) == 0) return 0;
  return epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event);
}
static inline void shim_epoll_forget(int queue, int socket) {
  struct epoll_event none = {0};
  epoll_ctl(queue, EPOLL_CTL_DEL, socket, &none);
}
static inline int shim_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int shim_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Waits; writes the sockets that are ready and what they are ready for, in curl's words.
static inline int shim_epoll_wait(int queue, int *sockets, int *ready, int count, int milliseconds) {
  struct epoll_event events[256];
  int found = epoll_wait(queue, events, count < 256 ? count : 256, milliseconds);
  for (int i = 0; i < found; i++) {
    sockets[i] = events[i].data.fd;
    ready[i] = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
      (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
      (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
  }
  return found;
}
