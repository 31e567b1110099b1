namespace Asynq.Typed.Redis;

/// <summary>What an ACL user of Redis must be allowed. The README beside this file explains each; a test connects with just these.</summary>
internal static class LeastRights
{
    /// <summary>As <c>ACL SETUSER</c> takes it, behind the user's name and password.</summary>
    internal const string Text =
        "~asynq:* &asynq:* -@all +@read +@write +@connection -@dangerous +eval +evalsha +publish +subscribe +unsubscribe "
        + "+time +info +cluster|nodes +cluster|slots";

    /// <summary>Besides, for enqueues that wait for replicas. (Some versions count both to <c>@connection</c>.)</summary>
    internal const string ForReplicas = "+wait +client|id";
}
