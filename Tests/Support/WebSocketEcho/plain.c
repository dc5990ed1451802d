// libwebsockets' own echo, for comparison: nothing between its sockets and the suite. Prints its port and lives until it is
// killed. With an argument it does not look whether text is UTF-8: then the suite has to find fault.

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message { struct message *next; size_t length; int binary; unsigned char *bytes; };
struct session { unsigned char *bytes; size_t length; struct message *first, *last; };

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
    struct session *session = user;
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        session->bytes = realloc(session->bytes, LWS_PRE + session->length + len + 1);
        memcpy(session->bytes + LWS_PRE + session->length, in, len);
        session->length += len;
        if (lws_remaining_packet_payload(wsi) || !lws_is_final_fragment(wsi)) break;
        struct message *message = malloc(sizeof *message);
        *message = (struct message){NULL, session->length, lws_frame_is_binary(wsi), session->bytes};
        session->bytes = NULL;
        session->length = 0;
        if (session->last) session->last->next = message; else session->first = message;
        session->last = message;
        lws_callback_on_writable(wsi);
        break;
    case LWS_CALLBACK_SERVER_WRITEABLE: {
        struct message *message = session->first;
        if (!message) break;
        session->first = message->next;
        if (!session->first) session->last = NULL;
        int sent = lws_write(wsi, message->bytes + LWS_PRE, message->length,
            message->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        free(message->bytes);
        free(message);
        if (sent < 0) return -1;
        if (session->first) lws_callback_on_writable(wsi);
        break;
    }
    case LWS_CALLBACK_CLOSED:
        free(session->bytes);
        while (session->first) {
            struct message *message = session->first;
            session->first = message->next;
            free(message->bytes);
            free(message);
        }
        break;
    default: break;
    }
    return 0;
}

int main(int count, char **arguments) {
    (void)arguments;
    static const struct lws_protocols protocols[] = {{"echo", echo, sizeof(struct session), 1024}, {0}};
    struct lws_context_creation_info info = {0};
    lws_set_log_level(LLL_ERR, NULL);
    info.port = 0;
    info.protocols = protocols;
    info.options = count > 1 ? 0 : LWS_SERVER_OPTION_VALIDATE_UTF8;
    struct lws_context *context = lws_create_context(&info);
    if (!context) return 1;
    printf("%d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
    fflush(stdout);
    while (lws_service(context, 0) >= 0) {}
    return 1;
}
