// What libcurl itself reaches: one thread with curl's multi interface and epoll, so many requests
// under way, handles reset and used again. Nothing is signed, read from a store or recorded.
// usage: bare_libcurl URL UNDER_WAY REQUESTS
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

static int queue;
static long timer = -1;
static struct curl_slist *headers;
static char body[230];

static int watch(CURL *handle, curl_socket_t socket, int what, void *context, void *own) {
  struct epoll_event event = {.data.fd = socket};
  if (what == CURL_POLL_REMOVE) return epoll_ctl(queue, EPOLL_CTL_DEL, socket, &event), 0;
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(queue, EPOLL_CTL_MOD, socket, &event) != 0)
    epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event);
  return 0;
}

static int wake(CURLM *multi, long milliseconds, void *context) {
  timer = milliseconds;
  return 0;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) { return size * count; }

static void prepare(CURL *handle, const char *url) {
  curl_easy_reset(handle);
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 20000L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)sizeof body);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

int main(int count, char **words) {
  if (count != 4) return 64;
  int under_way = atoi(words[2]), requests = atoi(words[3]), begun = 0, done = 0, running, left;
  const char *lines[] = {
      "Content-Type: application/json", "webhook-id: evt_9fa085dc9fa085dc9fa085dc9fa085dc",
      "webhook-timestamp: 1781256600",
      "webhook-signature: v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=", "Expect:"};
  for (int i = 0; i < 5; i++) headers = curl_slist_append(headers, lines[i]);
  for (size_t i = 0; i < sizeof body; i++) body[i] = ' ';

  queue = epoll_create1(0);
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, wake);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 4096L);
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (; begun < under_way; begun++) {
    CURL *handle = curl_easy_init();
    prepare(handle, words[1]);
    curl_multi_add_handle(multi, handle);
  }
  while (done < requests) {
    struct epoll_event events[256];
    int found = epoll_wait(queue, events, 256, timer < 0 ? 1000 : timer);
    for (int i = 0; i < found; i++) {
      int ready = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                  (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                  (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi, events[i].data.fd, ready, &running);
    }
    if (found == 0 || timer == 0) {
      timer = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL; done++) {
      CURL *handle = message->easy_handle;
      if (message->data.result != CURLE_OK) return 69;
      curl_multi_remove_handle(multi, handle);
      if (begun++ >= requests) continue;
      prepare(handle, words[1]);
      curl_multi_add_handle(multi, handle);
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double seconds = end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9;
  double processor = used.ru_utime.tv_sec + used.ru_stime.tv_sec +
                     (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  printf("%.0f %.0f\n", requests / seconds, processor / requests * 1e6);
  return 0;
}
