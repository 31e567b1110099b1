using Asynq.Typed;

namespace Shop;

/// <summary>Answers errors with a status and one sentence: a body that cannot be read, a Redis that does not answer.</summary>
internal static class Problems
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
        {
            problem.ProblemDetails.Detail ??= problem.Exception switch
            {
                BadHttpRequestException { InnerException: { } why } => why.Message,
                BadHttpRequestException => "The body should be a JSON object, sent as application/json.",
                RedisUnreachableException or RedisRefusedException => "The shop cannot take this now. Try again in a moment.",
                _ => null,
            };
        });
    }

    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                RedisUnreachableException or RedisRefusedException => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
        });
        app.UseStatusCodePages();
    }
}
