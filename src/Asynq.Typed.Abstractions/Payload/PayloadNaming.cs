namespace Asynq.Typed;

/// <summary>How members that have no name of their own are called on the wire.</summary>
public enum PayloadNaming
{
    /// <summary>As in C#: <c>UserId</c>.</summary>
    Declared = 0,

    /// <summary><c>userId</c>.</summary>
    CamelCase = 1,

    /// <summary><c>user_id</c>.</summary>
    SnakeCase = 2,

    /// <summary><c>user-id</c>.</summary>
    KebabCase = 3,
}
