using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Asynq.Typed.Testing.Topologies;

/// <summary>A certificate authority of a test's own, and a certificate for a server on a loopback address.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("asynq-tls-").FullName;

    private TestCertificates()
    {
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string Authority => Path.Combine(_directory, "ca.pem");

    /// <summary>The server's certificate, PEM.</summary>
    public string Server => Path.Combine(_directory, "server.pem");

    /// <summary>The server's private key, PEM.</summary>
    public string ServerKey => Path.Combine(_directory, "server.key");

    /// <summary>Makes both; the server's is good for 127.0.0.1 and localhost, or for another name.</summary>
    public static TestCertificates Make(string? onlyFor = null)
    {
        var made = new TestCertificates();
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var until = from.AddDays(10);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=asynq test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = authorityRequest.CreateSelfSigned(from, until);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=asynq test server", serverKey, HashAlgorithmName.SHA256);
        serverRequest.CertificateExtensions.Add(NamesOf(onlyFor));
        using var server = serverRequest.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));

        File.WriteAllText(made.Authority, authority.ExportCertificatePem());
        File.WriteAllText(made.Server, server.ExportCertificatePem());
        File.WriteAllText(made.ServerKey, serverKey.ExportPkcs8PrivateKeyPem());
        return made;
    }

    /// <summary>How a redis-server is started that speaks TLS only, with this certificate.</summary>
    public RedisServerOptions ServerOptions(params string[] further) => new()
    {
        Arguments =
        [
            "--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no", "--tls-ca-cert-file", Authority,
            "--tls-cert-file", Server, "--tls-key-file", ServerKey, .. further,
        ],
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static X509Extension NamesOf(string? onlyFor)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (onlyFor is null)
        {
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(onlyFor);
        }

        return names.Build();
    }
}
