#include <curl/curl.h>
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

/// The result of a message that says CURLMSG_DONE; a union, which Swift reads clumsily.
static inline CURLcode shim_curl_result(const CURLMsg *message) { return message->data.result; }

/// CURL_GLOBAL_DEFAULT is an expression macro, which Swift does not import.
static inline CURLcode shim_curl_global_init(void) {
  return curl_global_init(CURL_GLOBAL_DEFAULT);
}

/// Which clang module owns the names SOCK_… differs between dynamic and static builds.
static const int shim_socket_stream = SOCK_STREAM;
static const int shim_socket_close_on_exec = SOCK_CLOEXEC;
