/* state.c: see state.h. */
#include "cmd/curl/state.h"

void curl_fail(struct curl_transfer *t, int result, const char *format, ...)
{
    struct buf b = buf_make(sys_heap());
    va_list args;
    va_start(args, format);
    buf_addv(&b, format, args);
    va_end(args);
    t->result = result;
    sys_free(t->error);
    t->error = buf_take(&b);
}

const char *curl_error_text(int result)
{
    static const struct {
        int result;
        const char *text;
    } texts[] = {
        {1, "Unsupported protocol"},
        {2, "Failed initialization"},
        {3, "URL using bad/illegal format or missing URL"},
        {5, "Couldn't resolve proxy name"},
        {6, "Couldn't resolve host name"},
        {7, "Couldn't connect to server"},
        {8, "Weird server reply"},
        {9, "Access denied to remote resource"},
        {16, "Error in the HTTP2 framing layer"},
        {18, "Transferred a partial file"},
        {22, "HTTP response code said error"},
        {23, "Failed writing received data to disk/application"},
        {26, "Failed to open/read local data from file/application"},
        {27, "Out of memory"},
        {28, "Timeout was reached"},
        {33, "Requested range was not delivered by the server"},
        {34, "Internal problem setting up the POST"},
        {35, "SSL connect error"},
        {36, "Couldn't resume download"},
        {42, "Operation was aborted by an application callback"},
        {47, "Number of redirects hit maximum amount"},
        {52, "Server returned nothing (no headers, no data)"},
        {55, "Failed sending data to the peer"},
        {56, "Failure when receiving data from the peer"},
        {60, "SSL peer certificate or SSH remote key was not OK"},
        {61, "Unrecognized or bad HTTP Content or Transfer-Encoding"},
        {63, "Maximum file size exceeded"},
        {65, "Send failed since rewinding of the data stream failed"},
        {92, "Stream error in the HTTP/2 framing layer"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (texts[i].result == result)
            return texts[i].text;
    return "Unknown error";
}

const char *curl_error_of(const struct curl_transfer *t)
{
    return t->error ? t->error : curl_error_text(t->result);
}
