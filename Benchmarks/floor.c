/* The floor: what libwebsockets costs by itself. Takes any charge point, reads the message id of each message and answers
 * with a CALLRESULT; it knows nothing, keeps nothing, checks nothing. usage: floor PORT */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static struct lws_context *context;
static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
    lws_cancel_service(context);
}

static int answer(struct lws *wsi, const char *message, size_t length)
{
    const char *id = memchr(message, '"', length);
    const char *end = id ? memchr(id + 1, '"', length - (size_t)(id + 1 - message)) : NULL;
    if (!end || end - id > 40) return -1;
    unsigned char space[LWS_PRE + 160];
    char *text = (char *)space + LWS_PRE;
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    gmtime_r(&now.tv_sec, &parts);
    int count = snprintf(text, 160, "[3,%.*s,{\"currentTime\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"}]",
                         (int)(end + 1 - id), id, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                         parts.tm_min, parts.tm_sec, (int)(now.tv_nsec / 1000000));
    return lws_write(wsi, (unsigned char *)text, (size_t)count, LWS_WRITE_TEXT) < count ? -1 : 0;
}

static int happened(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    (void)user;
    return reason == LWS_CALLBACK_RECEIVE ? answer(wsi, in, length) : 0;
}

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
    return lws_callback_http_dummy(wsi, reason, user, in, length);
}

int main(int count, char **arguments)
{
    static struct lws_protocols protocols[] = {
        {"http", http, 0, 0, 0, NULL, 0}, {"ocpp1.6", happened, 0, 1024, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context_creation_info info = {0};
    if (count != 2) return 64;
    info.port = atoi(arguments[1]);
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.gid = info.uid = (gid_t)-1;
    info.options = LWS_SERVER_OPTION_LIBEV;
    context = lws_create_context(&info);
    if (!context) return 69;
    signal(SIGTERM, stop);
    while (!stopping && lws_service(context, 0) >= 0) {}
    return 0;
}
