using System.Net;
using System.Text.Json;

namespace Shop;

/// <summary>
/// What a customer and a payment provider would do, over HTTP as they would: shows what the shop can, and checks it.
/// </summary>
internal sealed class Tour(Journal journal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Somebody new each time: on a Redis that is kept, the orders of the last tour may still be there.</summary>
    private readonly string _ann = $"ann-{Guid.NewGuid().ToString()[..4]}@example.com";

    /// <summary>Goes round; whether all was as it should be.</summary>
    public async Task<bool> RunAsync(Uri address, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Patience);
        using var http = new HttpClient { BaseAddress = address };
        try
        {
            await VisitAsync(http, limit.Token);
            journal.System("the tour is over: all went as it should");
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            journal.System("interrupted");
            return true;
        }
        catch (OperationCanceledException)
        {
            journal.System($"the tour is not over after {Patience.TotalSeconds:0} s: what it waits for did not come");
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            journal.System($"the tour ends: {exception.Message}");
            return false;
        }
    }

    public static string TryYourself(string address) => $$"""

        Now you. The shop stays open until Ctrl+C. Products are tea, cup and pot; anything else is archived.

          curl -i {{address}}/orders -H 'Content-Type: application/json' \
               -d '{"customer": "bob@example.com", "product": "pot", "quantity": 1}'
          curl {{address}}/orders/ID                          # the id that it answered: state and receipt
          curl -i {{address}}/payments -H 'Content-Type: application/json' \
               -d '{"eventId": "evt-2", "customer": "bob@example.com", "amount": 38}'
          curl {{address}}/mails/bob@example.com
          curl {{address}}/report
          curl {{address}}/health

        """;

    private async Task VisitAsync(HttpClient http, CancellationToken cancellationToken)
    {
        journal.Customer($"GET /health: {await http.GetStringAsync("/health", cancellationToken)}");
        var tea = await OrderAsync(http, new(_ann, "tea", 2), cancellationToken);
        var cup = await OrderAsync(http, new(_ann, "cup", 4), cancellationToken);
        await DoubleClickAsync(http, new(_ann, "pot", 1), new(_ann, "pot", 2), cancellationToken);
        var hat = await OrderAsync(http, new(_ann, "hat", 1), cancellationToken);
        await PayTwiceAsync(http, new($"evt-{Guid.NewGuid():N}", _ann, 95.00m), cancellationToken);
        journal.System("an order waits 2 s before it is packed, and a digest until no notice has come for 2 s");

        await WhenAsync(http, $"/orders/{tea}", answer => answer.Contains("Completed", StringComparison.Ordinal), cancellationToken);
        await WhenAsync(http, $"/orders/{cup}", answer => answer.Contains("Completed", StringComparison.Ordinal), cancellationToken);
        await WhenAsync(http, $"/orders/{hat}", answer => answer.Contains("Archived", StringComparison.Ordinal), cancellationToken);
        await WhenAsync(http, $"/mails/{_ann}", answer => answer.Contains("pot", StringComparison.Ordinal), cancellationToken);
        await WhenAsync(http, "/report", answer => Read<SalesFigures>(answer).Orders >= 3, cancellationToken);
    }

    private async Task<string> OrderAsync(HttpClient http, OrderRequest order, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync("/orders", order, cancellationToken);
        await SayAsync("POST /orders", $"{order.Quantity} × {order.Product}", answer, cancellationToken);
        Expect(answer.StatusCode == HttpStatusCode.Accepted, "an order was not accepted");
        return answer.Headers.Location!.OriginalString["/orders/".Length..];
    }

    /// <summary>
    /// The second is refused while the first waits, for another quantity too: customer and product are what makes an order unique.
    /// </summary>
    private async Task DoubleClickAsync(
        HttpClient http, OrderRequest order, OrderRequest again, CancellationToken cancellationToken)
    {
        using var first = await http.PostAsJsonAsync("/orders", order, cancellationToken);
        using var second = await http.PostAsJsonAsync("/orders", again, cancellationToken);
        await SayAsync("POST /orders", $"{order.Quantity} × {order.Product}, a double click", first, cancellationToken);
        await SayAsync("POST /orders", $"{again.Quantity} × {again.Product}, a double click", second, cancellationToken);
        Expect(
            first.StatusCode == HttpStatusCode.Accepted && second.StatusCode == HttpStatusCode.Conflict,
            "of a double click, the first order should be accepted and the second refused");
    }

    private async Task PayTwiceAsync(HttpClient http, PaymentEvent payment, CancellationToken cancellationToken)
    {
        using var first = await http.PostAsJsonAsync("/payments", payment, cancellationToken);
        await SayAsync("POST /payments", $"{payment.Amount:0.00}", first, cancellationToken);
        using var again = await http.PostAsJsonAsync("/payments", payment, cancellationToken);
        await SayAsync("POST /payments", "the same event again", again, cancellationToken);
        Expect(
            first.StatusCode == HttpStatusCode.Accepted && again.StatusCode == HttpStatusCode.OK,
            "a payment should be accepted once, and then be known");
    }

    private async Task WhenAsync(HttpClient http, string path, Predicate<string> isThere, CancellationToken cancellationToken)
    {
        var answer = await http.GetStringAsync(path, cancellationToken);
        while (!isThere(answer))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            answer = await http.GetStringAsync(path, cancellationToken);
        }

        journal.Customer($"GET {path}: {answer}");
    }

    private async Task SayAsync(string request, string what, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var why = answer.StatusCode == HttpStatusCode.Accepted ? "" : $". {await SentenceAsync(answer, cancellationToken)}";
        journal.Customer($"{request}, {what}: {(int)answer.StatusCode} {answer.ReasonPhrase}{why}");
    }

    /// <summary>What the shop says for people to read: a problem's detail, or its one sentence.</summary>
    private static async Task<string> SentenceAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var said = Read<JsonElement>(await answer.Content.ReadAsStringAsync(cancellationToken));
        return said.ValueKind != JsonValueKind.Object ? said.ToString() : said.TryGetProperty("detail", out var detail) ? $"{detail}" : "";
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new HttpRequestException(otherwise);
        }
    }
}
