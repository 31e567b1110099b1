using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Asynq.Typed.Shop.Tests;

/// <summary>What the Shop answers to requests, good and bad.</summary>
public sealed partial class RequestTests(OpenShop shop)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_is_accepted_at_a_place_where_its_receipt_is_found_later()
    {
        using var answer = await OrderAsync("fay@example.com", "cup", 3);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        var order = await WhenAsync(answer.Headers.Location!, "Completed");

        Assert.Equal("""{"product":"cup","quantity":3,"total":36.00}""", order.GetProperty("receipt").GetRawText());
    }

    [Fact]
    public async Task A_second_order_for_the_product_is_refused_while_the_first_waits_whatever_its_quantity()
    {
        var answers = await Task.WhenAll(OrderAsync("gus@example.com", "tea", 1), OrderAsync("gus@example.com", "tea", 2));

        Assert.Equal(
            [HttpStatusCode.Accepted, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task An_order_that_cannot_succeed_is_archived_at_once_with_the_reason()
    {
        using var answer = await OrderAsync("hal@example.com", "hat", 1);

        var order = await WhenAsync(answer.Headers.Location!, "Archived");

        Assert.Equal("'hat' is not sold here.", order.GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Null, order.GetProperty("receipt").ValueKind);
    }

    [Fact]
    public async Task A_payment_that_comes_again_is_known_and_counts_once()
    {
        var payment = new { eventId = $"evt-{Guid.NewGuid()}", customer = "ivy@example.com", amount = 1.25m };

        using var first = await shop.Http.PostAsJsonAsync("/payments", payment, Token);
        using var again = await shop.Http.PostAsJsonAsync("/payments", payment, Token);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("/orders", "")]
    [InlineData("/orders", "null")]
    [InlineData("/orders", "[]")]
    [InlineData("/orders", "{}")]
    [InlineData("/orders", """{"customer": "bob""")]
    [InlineData("/orders", """{"customer": "bob", "product": "tea", "quantity": 1}""")]
    [InlineData("/orders", """{"customer": "bob@example.com", "product": " ", "quantity": 1}""")]
    [InlineData("/orders", """{"customer": "bob@example.com", "product": "tea", "quantity": 0}""")]
    [InlineData("/orders", """{"customer": "bob@example.com", "product": "tea", "quantity": "two"}""")]
    [InlineData("/orders", """{"customer": "bob@example.com", "product": "tea", "quantity": 99999999999}""")]
    [InlineData("/payments", "{}")]
    [InlineData("/payments", """{"eventId": " ", "customer": "bob@example.com", "amount": 1}""")]
    [InlineData("/payments", """{"eventId": "e", "customer": "bob@example.com", "amount": -1}""")]
    public async Task A_body_that_is_no_order_or_payment_is_refused_and_nothing_is_told_of_the_inside(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shop.Http.PostAsync(new Uri(path, UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(problem.TryGetProperty("errors", out _) || problem.TryGetProperty("detail", out _), "It does not say what is wrong.");
        Assert.DoesNotContain("   at ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_refused()
    {
        using var content = new FormUrlEncodedContent([new("customer", "bob@example.com")]);
        using var answer = await shop.Http.PostAsync(new Uri("/orders", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Theory]
    [InlineData("/orders/00000000-0000-0000-0000-000000000000")]
    [InlineData("/orders/nonsense")]
    [InlineData("/orders/%20")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var answer = await shop.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_lines_to_try_do_what_they_say()
    {
        var output = await shop.AfterTheTourAsync(Token);
        var posts = Posts().Matches(output);
        Assert.Equal(2, posts.Count);
        foreach (var post in posts.Cast<Match>())
        {
            using var content = new StringContent(post.Groups["body"].Value, Encoding.UTF8, "application/json");
            using var answer = await shop.Http.PostAsync(new Uri(post.Groups["url"].Value), content, Token);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        var gets = Gets().Matches(output);
        Assert.Equal(3, gets.Count);
        foreach (var get in gets.Cast<Match>())
        {
            using var answer = await shop.Http.GetAsync(new Uri(get.Groups["url"].Value), Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<HttpResponseMessage> OrderAsync(string customer, string product, int quantity) =>
        shop.Http.PostAsJsonAsync("/orders", new { customer, product, quantity }, Token);

    private async Task<JsonElement> WhenAsync(Uri order, string state)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await shop.Http.GetFromJsonAsync<JsonElement>(order, patience.Token);
            if (answer.GetProperty("state").GetString() == state)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    [GeneratedRegex(@"curl -i (?<url>\S+) [^\n]*\\\n\s+-d '(?<body>[^']+)'")]
    private static partial Regex Posts();

    [GeneratedRegex(@"curl (?<url>http\S+)$", RegexOptions.Multiline)]
    private static partial Regex Gets();
}
