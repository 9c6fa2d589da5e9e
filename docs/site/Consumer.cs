// A complete consumer of nopassd's site API: acts on every event and answers questions.
//
//     dotnet new console -o consumer && cp Consumer.cs consumer/Program.cs
//     NOPASSD_SOCKET=/run/nopassd/site.sock dotnet run --project consumer
//
// .NET 8 or later, no package. NOBODY HAS COMPILED OR RUN THIS FILE: nopassd is built where there is no .NET. Its
// siblings in the other languages are run by the tests, and it does step by step what they do.
// Your own code goes into Act and May. Anything that goes wrong ends in the same place: a pause, then from the
// beginning; what was not acknowledged comes again. SIGTERM ends it.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

const string Consumer = "/v1/consumers/website";
var socketPath = Environment.GetEnvironmentVariable("NOPASSD_SOCKET") ?? "/run/nopassd/site.sock";
var actedOn = new HashSet<string>(); // ids of events not yet acknowledged; kept with your data, they survive a restart

using var stopping = new CancellationTokenSource();
using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});
using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = Connect })
{
    BaseAddress = new Uri("http://nopassd"),
    Timeout = TimeSpan.FromSeconds(60),
};
await Task.WhenAll(UntilStopped(ReadEvents), UntilStopped(AnswerQuestions));

async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
{
    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    try
    {
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }
    catch
    {
        socket.Dispose();
        throw;
    }
}

// What the daemon answers; throws when that is a problem, or nothing.
async Task<JsonElement> Call(HttpMethod method, string path, object? body = null)
{
    using var request = new HttpRequestMessage(method, path);
    if (body is not null)
        request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
    using var reply = await http.SendAsync(request, stopping.Token);
    var text = await reply.Content.ReadAsStringAsync(stopping.Token);
    if (!reply.IsSuccessStatusCode)
        throw new HttpRequestException($"{method} {path}: {(int)reply.StatusCode} {text}");
    return JsonSerializer.Deserialize<JsonElement>(text);
}

// Events come at least once: what is done here must bear being done twice.
void Act(JsonElement e)
{
    var type = e.GetProperty("type").GetString();
    Console.WriteLine(type + " " + e.GetProperty("subject").GetString());
    switch (type)
    {
        case "nopass.session.closed" or "nopass.session.expired":
            // End your own session: the one kept with e.GetProperty("data").GetProperty("sessionId").GetGuid().
            break;
        case "nopass.user.deleted":
            // Delete the account: the one kept with e.GetProperty("data").GetProperty("userId").GetGuid().
            break;
    }
}

// Your rule for callbacks whose policy is "ask". A long list of logins is cut short, its count is not.
bool May(JsonElement question)
{
    bool Ours(JsonElement login) => login.GetString()!.EndsWith("@example.org", StringComparison.Ordinal);
    if (question.TryGetProperty("logins", out var logins))
        return logins.EnumerateArray().Count(Ours) == question.GetProperty("count").GetInt32();
    return question.TryGetProperty("login", out var login) && Ours(login);
}

async Task ReadEvents()
{
    await Call(HttpMethod.Put, Consumer, new { from = "oldest" }); // made at the first start, or when retired (410)
    while (true)
    {
        var page = await Call(HttpMethod.Get, $"{Consumer}/events?wait=30"); // 409 while another process reads
        foreach (var e in page.GetProperty("data").EnumerateArray())
        {
            var id = e.GetProperty("id").GetString()!;
            if (actedOn.Contains(id)) continue;
            Act(e);
            actedOn.Add(id);
        }
        if (page.GetProperty("data").GetArrayLength() == 0) continue;
        await Call(HttpMethod.Post, $"{Consumer}/ack", new { through = page.GetProperty("cursor").GetString() });
        actedOn.Clear();
    }
}

async Task AnswerQuestions()
{
    while (true)
    {
        var open = await Call(HttpMethod.Get, "/v1/questions?wait=30");
        foreach (var question in open.GetProperty("data").EnumerateArray())
        {
            var allow = May(question);
            var id = question.GetProperty("id").GetString();
            await Call(HttpMethod.Put, $"/v1/questions/{id}/answer", new { allow }); // 409 when it comes too late
            Console.WriteLine(question.GetProperty("callback").GetString() + (allow ? " allowed" : " denied"));
        }
    }
}

async Task UntilStopped(Func<Task> work)
{
    while (!stopping.IsCancellationRequested)
    {
        try
        {
            await work();
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error.Message);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
