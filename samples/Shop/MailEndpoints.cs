namespace Shop;

/// <summary>What the worker has sent, to look at.</summary>
internal static class MailEndpoints
{
    public static void MapMail(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/mails/{customer}",
            (string customer, Postbox postbox) => postbox.DigestsOf(customer).Select(digest => digest.Lines));
        routes.MapGet("/report", (Postbox postbox) => postbox.Report);
    }
}
